import { z } from 'zod';
import type { Experiment, ExperimentFamily } from '../../task/experiment.js';
import type { TrainingSettings } from './settings/task.js';
import { installedTensorFlow } from '../../store/installation.js';
import { pluginDatasets } from './plugins/installed.js';
import { vaePluginParts } from './plugins/parts.js';
import { NUMERICS_VERSION } from './numerics-version.js';
import { experiments } from './settings/training-data.js';
import { trainingExperiment } from './settings/training-experiment.js';
import { storedSettings } from './settings/stored-settings.js';

const built = new Map<string, Experiment>();

/** The experiments that train a VAE on the paper's data or on the data of plugins. */
export const vaeFamily: ExperimentFamily = {
  kinds: ['train'],
  summary: 'train on linear, sigmoid or sphere data',
  names: () => [...Object.keys(experiments), ...pluginDatasets().map(({ name }) => name)],
  named: (name) => {
    const experiment = built.get(name) ?? trainingExperiment(name);
    built.set(name, experiment);
    return experiment;
  },
  of: (settings) => vaeFamily.named((settings as TrainingSettings).experiment),
  reference: () => [{ names: vaeFamily.names(), widest: 'sigmoid' }],
  settings: storedSettings,
  versions: z.object({
    tensorflow: z.string(),
    numerics: z.int().min(0),
    plugins: z.record(z.string().max(32), z.string().max(64)).exactOptional(),
  }),
  installed: () => ({ tensorflow: installedTensorFlow().version, numerics: NUMERICS_VERSION }),
  pluginParts: vaePluginParts,
  versionLabels: { tensorflow: 'TensorFlow', numerics: 'numerics version' },
};
