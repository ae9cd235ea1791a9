import type { z } from 'zod';
import type { FieldColumn, LogColumn } from './column.js';
import type { SettingDisplay } from './setting-display.js';
import type { SettingProblem, SettingValue, SettingValues } from './setting-values.js';
import type { Settings, Versions } from './task.js';

/**
 * The estimated cost of a task. It is used to start the longest tasks first, and to show how long a sweep may take. Other machines differ
 * by about a constant factor, which does not change the order.
 */
export interface Cost {
  readonly microsecondsPerStep: number;
  /** Time in one worker. */
  readonly trainingMs: number;
  /** Size of the finished task's files on disk. */
  readonly bytes: number;
  /** Whether the experiment declares no times, so that these are placeholders until tasks have finished. @default false */
  readonly isAssumed?: boolean;
}

/** An experiment, as the engine sees it. Sweep files name it in `experiment`. */
export interface Experiment<Own extends Settings = Settings> {
  readonly name: string;
  /**
   * Schemas of all settings that a sweep file may set. Parsing also converts values to canonical form. Rules that involve several settings
   * belong in `problems`.
   */
  readonly schemas: Readonly<Record<string, z.ZodType<SettingValue>>>;
  /** Settings without a default, which every cell must set. */
  readonly required: readonly string[];
  /** Fills in the defaults. `values` were parsed by `schemas` and contain all required settings. */
  resolve(values: SettingValues): Own;
  /** Returns the values that are invalid in combination. */
  problems(values: SettingValues, settings: Own): SettingProblem[];
  /** Returns a task's value of a setting, in canonical form. */
  settingOf(settings: Own, name: string): SettingValue;
  /** Returns the readable part of a task's folder name. It must be a valid file name on every system. */
  folderName(settings: Own): string;
  /** Selects the installed versions that influence the results of such a task. They are part of its identity. */
  versions(settings: Own, installed: Versions): Versions;
  cost(settings: Own): Cost;
  /** Unit of progress. A finished task has done all its steps, but may have fewer rows than `steps` says. */
  readonly unit: 'step' | 'row';
  /** Returns the total number of steps or rows of a task. */
  steps(settings: Own): number;
  /** Whether an interrupted task resumes from a checkpoint instead of starting again. */
  readonly isResumable: boolean;
  /** Name of the only setting in which a task may differ from its predecessor; null if tasks have no predecessors. */
  readonly continuation: string | null;
  /** Whether a task with these settings can have a predecessor or be one. Default: true if `continuation` is not null. */
  isContinuable?(settings: Own): boolean;
  /** Published tables that its sweeps can reproduce. */
  readonly tables: readonly string[];
  /** How to make its logs smaller, for the message about a full disk. */
  readonly diskAdvice: string | null;
  /** Whether its tasks start a program of the user: the program's memory counts towards the run's. */
  readonly startsProgram: boolean;
  /** Whether results may differ between CPU models. */
  readonly dependsOnCpu: boolean;
  /** URL of the `WorkerModule` that executes its tasks. Only workers import it, with its dependencies. */
  readonly worker: URL;
  /** URL of the `SampleModule` that draws from a finished task's model; null if its tasks train no model. */
  readonly sample: URL | null;
  /** Presentation of its settings, by name. */
  readonly display: Readonly<Record<string, SettingDisplay>>;
  /** Export columns of its tasks' settings, by name. */
  readonly columns: Readonly<Record<string, FieldColumn>>;
  /** Loads the columns of its logs. It may import modules that planning must not load. */
  details(): Promise<ExperimentDetails>;
  /** Returns a key that is equal for tasks that share a warm-up; null if the task needs none. */
  warmUpKey(settings: Own): string | null;
}

/** Logs of a task. */
export type LogName = 'steps' | 'evaluations' | 'samples' | 'rows';

/** The columns of an experiment's logs and summaries. */
export interface ExperimentDetails {
  /** Returns the columns of each log that a task writes. Tasks with equal columns share one object. */
  logs(settings: Settings): LogColumns;
  /** Returns the columns of a finished task's summary. */
  summary(settings: Settings): readonly LogColumn[];
  /** Reads the summary from a finished task's folder. @returns a function from columns to values; null for a missing value */
  readSummary(folder: string): (column: string) => unknown;
  /** Returns the columns to show in places that have no room for all. */
  shown?(settings: Settings): ShownColumns;
  /** Returns a task's settings without seeds, as fields of table records. Default: all settings by name. */
  fields?(settings: Settings): Readonly<Record<string, string | number | null>>;
}

/** Names of columns in display order. Default: all numeric columns, in the order of the log. */
export interface ShownColumns {
  /** Summary columns whose means tables show. */
  readonly means?: readonly string[];
  /** Log columns that the default figure of curves shows. */
  readonly curves?: readonly string[];
  /** Columns of any log that the dashboard charts. */
  readonly charts?: readonly string[];
}

export type LogColumns = Readonly<Partial<Record<LogName, readonly LogColumn[]>>>;

/** A kind of part that plugins can provide. */
export interface PluginPart {
  /** Validates one part. */
  readonly schema: z.ZodType<{ readonly name: string }>;
  /** Returns names that are already in use for such parts. */
  readonly takenNames: () => readonly string[] | Promise<readonly string[]>;
  /** Returns the paths, relative to the plugin, of files that the part depends on. The plugin's hash covers them. */
  readonly files?: (part: { readonly name: string }) => readonly string[];
  /** Schema of a YAML file that declares one such part. */
  readonly declaration?: z.ZodObject;
}

/** The log columns of a task that trains in a loop of steps. */
export interface TrainingColumns {
  /** The step number (int32), then one float32 column per metric of the loop. */
  readonly steps: readonly LogColumn[];
  /** The step number (int32), then the columns that `evaluate` returns. */
  readonly evaluations: readonly LogColumn[];
  /** Columns of the last evaluation's samples; undefined if there are none. */
  readonly samples?: readonly LogColumn[];
}

/** Experiments that share the schema of their stored settings and versions. */
export interface ExperimentFamily {
  /** Possible values of `kind` in its tasks' settings. */
  readonly kinds: readonly string[];
  /** Phrase for the reference of sweep files that says what its experiments do, for example `run an experiment of a plugin`. */
  readonly summary: string;
  /** Returns the names of its experiments. Plugins add names. */
  names(): readonly string[];
  /** @param name one of `names` */
  named(name: string): Experiment;
  /**
   * Returns the experiment of a task. If its plugin is not loaded, the returned experiment only supports listing, verifying, merging and
   * deleting the task.
   */
  of(settings: Settings): Experiment;
  /** Returns groups of experiments that share a table in the reference; `widest` is the one that has all settings of the table. */
  reference(): readonly { readonly names: readonly string[]; readonly widest: string }[];
  /** Schema of the settings in `task.json`. */
  readonly settings: z.ZodType<Settings>;
  /** Schema of the versions in `task.json`. */
  readonly versions: z.ZodType<Versions>;
  /** Returns the installed versions. */
  installed(): Versions;
  /** Kinds of plugin parts for these experiments, by the key in the plugin, for example `datasets`. */
  readonly pluginParts: Readonly<Record<string, PluginPart>>;
  /** Readable names of the versions, for example `TensorFlow`. */
  readonly versionLabels: Readonly<Record<string, string>>;
}
