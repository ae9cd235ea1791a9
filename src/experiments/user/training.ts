import type tfjs from '@tensorflow/tfjs-node';
import type { normal, uniform } from '../../compiler/random/distributions.js';
import type { foldIn, key } from '../../compiler/random/keys.js';
import type {
  LoopProgram,
  MakeLoop,
  TrainedSettings,
  TrainingDefinition,
} from '../../forms/training/definition.js';
import type { UserSettings, UserTrainingExperiment } from './definition.js';

/** The tools for a training experiment. A plugin that imported TensorFlow itself would load another copy, or none. */
export interface TrainingTools {
  /** TensorFlow. */
  readonly tf: typeof tfjs;
  /** Returns the key of a seed. */
  readonly key: typeof key;
  /** Derives keys from a key. */
  readonly foldIn: typeof foldIn;
  /** Draws standard normal numbers. */
  readonly normal: typeof normal;
  /** Draws uniform numbers. */
  readonly uniform: typeof uniform;
}

/** How an experiment trains; see `TrainingDefinition`. The experiment itself declares the columns. */
export interface UserTraining extends Omit<
  TrainingDefinition<TrainedSettings & UserSettings>,
  'columns' | 'program'
> {
  /**
   * Describes the loop. The engine comes from the settings.
   * @param settings settings of a task
   * @param makeLoop compiles additional loops, for example for evaluations; they are disposed with the program
   */
  program(settings: TrainedSettings & UserSettings, makeLoop: MakeLoop): Omit<LoopProgram, 'engine'>;
}

/** Returns how an experiment trains, in terms of these tools. */
type BuildTraining =
  /** @param tools TensorFlow and functions for random numbers */
  (tools: TrainingTools) => UserTraining;

/** A fully typed experiment that trains. */
export type TrainingExperiment = UserTrainingExperiment<BuildTraining>;
