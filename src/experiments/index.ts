import { registerReports } from '../report/contribution.js';
import { registerExperiments } from '../task/registry.js';
import { theoryFamily } from './theory/family.js';
import { userFamily } from './user/family.js';
import { vaeFamily } from './vae/family.js';

/** Registers all experiments and their reports. Entry points import this module, and nothing else from this folder. */
registerExperiments([vaeFamily, theoryFamily, userFamily]);
registerReports(async () => (await import('./reports.js')).reports);

export type { TheorySettingInputs } from './theory/tasks/theory-settings.js';
export type { TrainingSettingInputs } from './vae/settings/training-experiment.js';
/** The types of plugins for the training of VAEs. */
export type {
  Plugin,
  PluginDataset,
  PluginReport,
  PluginRun,
  PluginSection,
  TensorFlow,
} from './vae/plugins/plugin.js';
export type { Evaluation, Metric } from './vae/metrics/metric.js';
