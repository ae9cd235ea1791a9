/** `vae-sweep/experiment`: types for plugins with experiments of one's own. docs/experiments.md leads through one. */
export type {
  Column,
  Experiment,
  FunctionExperiment,
  Setting,
  Settings,
  Training,
  TrainingExperiment,
  TrainingTools,
} from '../experiments/index.js';
