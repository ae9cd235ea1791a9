import { registerReports } from '../report/contribution.js';
import { registerExperiments } from '../task/registry.js';
import { theoryFamily } from './theory/family.js';
import { userFamily } from './user/family.js';
import { vaeFamily } from './vae/family.js';

/** Makes the experiments known to the engine. The entries import this, and nothing else of this folder. */
registerExperiments([vaeFamily, theoryFamily, userFamily]);
registerReports(async () => (await import('./reports.js')).reports);

/** What a plugin for the training of VAEs is made of. */
export type {
  Plugin,
  PluginDataset,
  PluginReport,
  PluginRun,
  PluginSection,
  TensorFlow,
} from './vae/plugins/plugin.js';
export type { Evaluation, Metric } from './vae/metrics/metric.js';
