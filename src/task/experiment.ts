import type { z } from 'zod';
import type { FieldColumn, LogColumn } from './column.js';
import type { SettingWords } from './setting-words.js';
import type { SettingProblem, SettingValue, SettingValues } from './setting-values.js';
import type { Settings, Versions } from './task.js';

/**
 * What a task is likely to cost: to start the longest first, and to say before a sweep starts how long it may take. Another machine
 * differs by a factor, which leaves the order as it is.
 */
export interface Cost {
  readonly microsecondsPerStep: number;
  /** In one worker. */
  readonly trainingMs: number;
  /** Of the finished task's files on disk. */
  readonly bytes: number;
  /** Whether the times are assumed, because the experiment declares none. Finished tasks give better ones. @default false */
  readonly isAssumed?: boolean;
}

/** All that the engine knows of what a sweep file names as its `experiment`. */
export interface Experiment<Own extends Settings = Settings> {
  readonly name: string;
  /**
   * Every setting that a sweep file may give, fixed or as a grid's key, with the values it may have. Parsing also makes each value
   * canonical; what depends on several settings at once is for `problems`.
   */
  readonly schemas: Readonly<Record<string, z.ZodType<SettingValue>>>;
  /** What every cell must be given: they have no default. */
  readonly required: readonly string[];
  /** Fills the defaults in. The values are those of its schemas, and hold what is required. */
  resolve(values: SettingValues): Own;
  problems(values: SettingValues, settings: Own): SettingProblem[];
  /** A task's value of one of its settings. */
  settingOf(settings: Own, name: string): SettingValue;
  /** The readable part of a task's folder name: safe as a file name on every system. */
  folderName(settings: Own): string;
  /** The versions, of those installed, that decide the bits of such a task. They are part of its identity. */
  versions(settings: Own, installed: Versions): Versions;
  cost(settings: Own): Cost;
  /** What its worker counts. Steps are all done in the end; of rows a finished task may have fewer. */
  readonly unit: 'step' | 'row';
  /** How far a task goes, in that unit. */
  steps(settings: Own): number;
  /** Whether a task that is stopped keeps its work. */
  readonly isResumable: boolean;
  /** The setting that alone may differ from that of a finished task to continue from; null where no task continues from another. */
  readonly continuation: string | null;
  /** Printed tables that its sweeps may say that they reproduce. */
  readonly tables: readonly string[];
  /** What makes its logs smaller, for the error of a disk that is too small. */
  readonly diskAdvice: string | null;
  /** Whether its tasks start a program of the user: the program's memory counts towards the run's. */
  readonly startsProgram: boolean;
  /** Whether another kind of CPU may give other bits. */
  readonly dependsOnCpu: boolean;
  /** The `WorkerModule` that executes its tasks. An address, so that nothing but a worker loads what it needs. */
  readonly worker: URL;
  /** The `SampleModule` that draws from a finished task's model; null for an experiment without one. */
  readonly sample: URL | null;
  /** How people read and write its settings, by name. */
  readonly words: Readonly<Record<string, SettingWords>>;
  /** Fields of its tasks' settings as exports show them, by column. */
  readonly columns: Readonly<Record<string, FieldColumn>>;
  /** What it logs. Loads more than planning may. */
  details(): Promise<ExperimentDetails>;
  /** The same for tasks that one warm-up serves; null for a task that needs none. */
  warmUpKey(settings: Own): string | null;
}

/** Logs of a task that other programs read. */
export type LogName = 'steps' | 'evaluations' | 'samples' | 'rows';

/** What an experiment logs and what its tasks come to. */
export interface ExperimentDetails {
  /** The columns of each log that such a task writes. Tasks whose logs are alike share one object. */
  logs(settings: Settings): LogColumns;
  /** The columns of what such a task comes to. */
  summary(settings: Settings): readonly LogColumn[];
  /** Reads them from a finished task's folder. @returns the value of a column; null for one that it lacks */
  readSummary(folder: string): (column: string) => unknown;
  /** The columns that people see where not all have room. */
  shown?(settings: Settings): ShownColumns;
  /** A task's settings, seeds aside, as records of tables have them. Default: all, by their names. */
  fields?(settings: Settings): Readonly<Record<string, string | number | null>>;
}

/** Names of columns, in the order in which they are shown. Default: all with numbers, in their own order. */
export interface ShownColumns {
  /** Of the summary: what tables show the means of. */
  readonly means?: readonly string[];
  /** Of the log that curves are of: what a part's figure has a panel for. */
  readonly curves?: readonly string[];
  /** Of all logs: what the dashboard has a chart of. */
  readonly charts?: readonly string[];
}

export type LogColumns = Readonly<Partial<Record<LogName, readonly LogColumn[]>>>;

/** A kind of part that a plugin may have. */
export interface PluginPart {
  /** Checks one part. */
  readonly schema: z.ZodType<{ readonly name: string }>;
  /** Names that no plugin may give to such a part. */
  readonly takenNames: () => readonly string[] | Promise<readonly string[]>;
  /** Files beside the plugin that decide what the part does: the plugin's hash covers them. */
  readonly files?: (part: { readonly name: string }) => readonly string[];
  /** The keys of a YAML file that declares one such part. */
  readonly declaration?: z.ZodObject;
}

/** What a task that trains by a loop of steps logs. */
export interface TrainingColumns {
  /** The step's number (int32), then a float32 for each metric of the loop. */
  readonly steps: readonly LogColumn[];
  /** The step's number (int32), then what `evaluate` returns. */
  readonly evaluations: readonly LogColumn[];
  /** Of the last evaluation's samples. Left out where there are none. */
  readonly samples?: readonly LogColumn[];
}

/** Experiments whose tasks are stored with the same kinds of settings and the same versions. */
export interface ExperimentFamily {
  /** Values of `kind` in its tasks' settings. */
  readonly kinds: readonly string[];
  /** What its experiments do, for the reference of sweep files, such as `run an experiment of a plugin`. */
  readonly summary: string;
  /** What a sweep file may name, now: user modules add to it. */
  names(): readonly string[];
  /** @param name one of `names` */
  named(name: string): Experiment;
  /** The experiment of a task. Where only a plugin knows it that is not given: enough to list, check, merge and delete the task. */
  of(settings: Settings): Experiment;
  /** Names that share a table of settings in the reference, with the name of the one that has all of these settings. */
  reference(): readonly { readonly names: readonly string[]; readonly widest: string }[];
  /** What a task's record may hold. */
  readonly settings: z.ZodType<Settings>;
  readonly versions: z.ZodType<Versions>;
  /** What is installed here. */
  installed(): Versions;
  /** Kinds of parts that a plugin may have for these experiments, by name, such as `datasets`. */
  readonly pluginParts: Readonly<Record<string, PluginPart>>;
  /** What each version is of, in words. */
  readonly versionWords: Readonly<Record<string, string>>;
}
