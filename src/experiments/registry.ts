import { pluginDatasets } from '../task/user-modules.js';
import type { ExperimentName } from './vae/settings/training-data.js';
import type { Settings, TheorySettings } from '../task/task.js';
import { badOptimum } from './theory/tasks/bad-optimum.js';
import type { Experiment } from '../task/task-type.js';
import { gradientFlow } from './theory/tasks/gradient-flow.js';
import { identities } from './theory/tasks/identities.js';
import { landscape } from './theory/tasks/landscape.js';
import { trainingExperiment } from './vae/settings/training-experiment.js';

/** What a sweep file may name as its experiment, beside the data of plugins: a row each. */
const registry: Readonly<Record<ExperimentName | TheorySettings['kind'], Experiment>> = {
  linear: trainingExperiment('linear'),
  sigmoid: trainingExperiment('sigmoid'),
  sphere: trainingExperiment('sphere'),
  'gradient-flow': gradientFlow,
  landscape,
  'bad-optimum': badOptimum,
  identities,
};

/** Names that no plugin may give its data. */
export const builtInExperiments: readonly string[] = Object.keys(registry);

const ofPlugins = new Map<string, Experiment>();

export function experimentNames(): readonly string[] {
  return [...builtInExperiments, ...pluginDatasets().map(({ name }) => name)];
}

/** Of a name that there is, or that a plugin has which is not given now: enough to list a store's tasks. */
export function experimentNamed(name: string): Experiment {
  const builtIn: Readonly<Record<string, Experiment>> = registry;
  if (Object.hasOwn(builtIn, name)) return builtIn[name] as Experiment;
  const own = ofPlugins.get(name) ?? trainingExperiment(name);
  ofPlugins.set(name, own);
  return own;
}

export function experimentOf(settings: Settings): Experiment {
  return experimentNamed(settings.kind === 'train' ? settings.experiment : settings.kind);
}
