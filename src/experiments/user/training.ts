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

/** What a training experiment is built with: a module outside of this package would find another TensorFlow, or none. */
export interface TrainingTools {
  readonly tf: typeof tfjs;
  readonly key: typeof key;
  readonly foldIn: typeof foldIn;
  readonly normal: typeof normal;
  readonly uniform: typeof uniform;
}

/** How it trains; see `TrainingDefinition`. The columns are those that the experiment declares. */
export interface UserTraining extends Omit<
  TrainingDefinition<TrainedSettings & UserSettings>,
  'columns' | 'program'
> {
  /** Describes the loop, for the engine that the settings name. */
  program(settings: TrainedSettings & UserSettings, makeLoop: MakeLoop): Omit<LoopProgram, 'engine'>;
}

/** An experiment that trains, with types for all of it. */
export type TrainingExperiment = UserTrainingExperiment<(tools: TrainingTools) => UserTraining>;
