/** `vae-sweep/experiment`: types for plugins with experiments of one's own. docs/experiments.md leads through one. */
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
