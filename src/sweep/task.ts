import type { StoredEngine } from './engine-names.js';
import type { BadOptimumSettings } from '../theory/computations/bad-optimum-settings.js';
import type { GradientFlowSettings } from '../theory/computations/gradient-flow-settings.js';
import type { IdentitiesSettings } from '../theory/computations/identities-settings.js';
import type { LandscapeSettings } from '../theory/computations/landscape-settings.js';

/** Everything that decides a training run's numbers, with defaults filled in. */
export interface TrainingSettings {
  readonly kind: 'train';
  /** Kind of the data: of the paper, or of a plugin. */
  readonly experiment: string;
  readonly intrinsicDim: number;
  readonly ambientDim: number;
  readonly latentDim: number;
  /** Seed of the data: its parameters (A, a*) and the points. */
  readonly seed: number;
  /** Seed of the initial parameters and of the noise in latents, decoder and generated points. */
  readonly modelSeed: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly hiddenWidths: readonly number[];
  readonly biases: boolean;
  /** Adds eps * noise to the decoder's output before the squared error, as the authors' code does. Eq. (3) does not. */
  readonly decoderNoise: boolean;
  readonly initialDecoderLogVariance: number;
  /** Lower bound of log eps^2 (Appendix D), or null for none. */
  readonly decoderLogVarianceThreshold: number | null;
  readonly evaluateEverySteps: number;
  readonly evaluationPoints: number;
  readonly logEverySteps: number;
  readonly engine: StoredEngine;
  /**
   * s of Theorem 4: training on sigmoid data starts at the bad optimum of Eq. (6), whose generator has as many dimensions too many. Not
   * there where it starts at drawn parameters, so that the tasks that do keep their ids.
   */
  readonly badOptimumExtraDims?: number;
  /** Random streams of the authors' released code. It is absent for those of `fold-in`, so that such tasks keep their ids. */
  readonly randomStreams?: 'released-code';
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
