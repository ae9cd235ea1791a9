import { badOptimumComputation } from './bad-optimum.js';
import type { Computation } from './computation.js';
import { converse } from './converse.js';
import { gradientFlow } from './gradient-flow.js';
import { identitiesComputation } from './identities.js';
import { landscape } from './landscape.js';

/** The computations by the kind of their tasks. */
export const computations = {
  'gradient-flow': gradientFlow,
  landscape,
  'landscape-converse': converse,
  'bad-optimum': badOptimumComputation,
  identities: identitiesComputation,
} as const satisfies Readonly<Record<string, Computation>>;
