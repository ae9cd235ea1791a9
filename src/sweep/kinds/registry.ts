import type { Settings } from '../task.js';
import { badOptimum } from './bad-optimum.js';
import type { AnyExperimentName, Experiment } from './experiment.js';
import { gradientFlow } from './gradient-flow.js';
import { identities } from './identities.js';
import { landscape } from './landscape.js';
import { trainingExperiment } from './training.js';

/** What a sweep file may name as its experiment: a row each. */
const registry = {
  linear: trainingExperiment('linear'),
  sigmoid: trainingExperiment('sigmoid'),
  sphere: trainingExperiment('sphere'),
  'gradient-flow': gradientFlow,
  landscape,
  'bad-optimum': badOptimum,
  identities,
} as const satisfies Readonly<Record<AnyExperimentName, Experiment>>;

export const experimentNames = Object.keys(registry) as readonly AnyExperimentName[];

export function experimentNamed(name: AnyExperimentName): Experiment {
  return registry[name];
}

export function experimentOf(settings: Settings): Experiment {
  return registry[settings.kind === 'train' ? settings.experiment : settings.kind];
}
