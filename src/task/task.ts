import type { TrainingFields } from '../experiments/vae/settings/training-settings.js';
import type { BadOptimumSettings } from '../experiments/theory/computations/bad-optimum-settings.js';
import type { GradientFlowSettings } from '../experiments/theory/computations/gradient-flow-settings.js';
import type { IdentitiesSettings } from '../experiments/theory/computations/identities-settings.js';
import type { LandscapeSettings } from '../experiments/theory/computations/landscape-settings.js';

/** Everything that decides the numbers of a task that trains, with defaults filled in. `training-settings.ts` declares each. */
export interface TrainingSettings extends TrainingFields {
  readonly kind: 'train';
  /** Kind of the data: of the paper, or of a plugin. */
  readonly experiment: string;
}

/** Everything that decides what a computation of the paper's theory gives. */
export type TheorySettings =
  GradientFlowSettings | LandscapeSettings | BadOptimumSettings | IdentitiesSettings;

export type Settings = TrainingSettings | TheorySettings;

/** One run of a sweep: its settings and the identity made of them. */
export interface TaskOf<Own extends Settings, Versions> {
  /** Hash of the settings and of the versions that decide the bits. 16 hexadecimal digits. */
  readonly id: string;
  /** Folder name under `out/tasks`: readable settings, then the id. */
  readonly name: string;
  readonly settings: Own;
  readonly versions: Versions;
}

export type TrainingTask = TaskOf<TrainingSettings, TaskVersions>;
export type TheoryTask = TaskOf<TheorySettings, TheoryVersions>;
export type Task = TrainingTask | TheoryTask;

export function isTraining(task: Task): task is TrainingTask {
  return task.settings.kind === 'train';
}

export interface TaskVersions {
  /** Of the TensorFlow library that trains, as `2.21.0`. */
  readonly tensorflow: string;
  /** Raised by hand whenever the bits of any run change. */
  readonly numerics: number;
  /** Hashes of the plugins that have a part in the run's logs, by name; not there without any. */
  readonly plugins?: Readonly<Record<string, string>>;
}

export interface TheoryVersions {
  /** Raised by hand whenever a number of any computation changes. */
  readonly theory: number;
}
