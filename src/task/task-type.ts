import type { z } from 'zod';
import type { SettingValue, SettingValues } from './setting-values.js';
import type { Settings } from './task.js';

/** Settings that are each allowed, but not together. */
export interface SettingProblem {
  /** The settings it follows from, the likeliest to be mended first. */
  readonly settings: readonly string[];
  readonly message: string;
}

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
}

/** All that tells an experiment from the others before a task of it runs. */
export interface Experiment<Own extends Settings = Settings> {
  /** What a sweep file's `experiment` names. */
  readonly name: string;
  /** Whether its tasks train, so that the paper prints tables of them. */
  readonly trains: boolean;
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
  cost(settings: Own): Cost;
  /** How far a task goes, in the unit that its worker counts. */
  steps(settings: Own): number;
}
