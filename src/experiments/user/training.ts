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
  readonly tf: typeof tfjs;
  readonly key: typeof key;
  readonly foldIn: typeof foldIn;
  readonly normal: typeof normal;
  readonly uniform: typeof uniform;
}

/** How an experiment trains; see `TrainingDefinition`. The experiment itself declares the columns. */
export interface UserTraining extends Omit<
  TrainingDefinition<TrainedSettings & UserSettings>,
  'columns' | 'program'
> {
  /** Describes the loop. The engine comes from the settings. */
  program(settings: TrainedSettings & UserSettings, makeLoop: MakeLoop): Omit<LoopProgram, 'engine'>;
}

/** A fully typed experiment that trains. */
export type TrainingExperiment = UserTrainingExperiment<(tools: TrainingTools) => UserTraining>;
