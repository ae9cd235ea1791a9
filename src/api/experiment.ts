/** Entry point `vae-sweep/experiment`: types for plugins that add experiments. docs/experiments.md is a tutorial. */
export type {
  FunctionContext,
  UserColumn as Column,
  UserCommandExperiment as CommandExperiment,
  UserFunctionExperiment as FunctionExperiment,
  UserSetting as Setting,
  UserSettings as Settings,
} from '../experiments/user/definition.js';
export type {
  TrainingExperiment,
  TrainingTools,
  UserTraining as Training,
} from '../experiments/user/training.js';
