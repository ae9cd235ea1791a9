import { z } from 'zod';
import type { Experiment, ExperimentFamily } from '../../task/experiment.js';
import { badOptimum } from './tasks/bad-optimum.js';
import { gradientFlow } from './tasks/gradient-flow.js';
import { identities } from './tasks/identities.js';
import { landscape } from './tasks/landscape.js';
import { landscapeConverse } from './tasks/landscape-converse.js';
import { theorySettingsSchema } from './tasks/theory-settings.js';
import { THEORY_VERSION } from './version.js';

/** The experiment of each computation. */
const computations: Readonly<Record<string, Experiment>> = {
  'gradient-flow': gradientFlow,
  landscape,
  'landscape-converse': landscapeConverse,
  'bad-optimum': badOptimum,
  identities,
};

/** The experiments that check statements of the paper's theory. */
export const theoryFamily: ExperimentFamily = {
  kinds: Object.keys(computations),
  summary: 'compute a statement of the theory',
  names: () => theoryFamily.kinds,
  named: (name) => computations[name] as Experiment,
  of: ({ kind }) => theoryFamily.named(kind),
  reference: () => theoryFamily.kinds.map((name) => ({ names: [name], widest: name })),
  settings: theorySettingsSchema,
  versions: z.object({ theory: z.int().min(0) }),
  installed: () => ({ theory: THEORY_VERSION }),
  pluginParts: {},
  versionLabels: { theory: 'theory version' },
};
