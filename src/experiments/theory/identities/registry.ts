import type { Identity } from './identity.js';
import { eq7, lemma5L, lemma5L1 } from './inequalities.js';
import type { IdentityName } from './names.js';
import { lemma1Tanh, lemma2Tanh, lemma7Tanh } from './nonlinear.js';
import { eq4, eq8, lemma7 } from './objective.js';
import { lemma1, lemma2, lemma3 } from './optima.js';
import { lemma4Gradient, lemma4Loss, lemma4Trajectory } from './rotations.js';

/** The paper's identities and inequalities, by their names in settings. */
export const identities = {
  eq4,
  lemma1,
  lemma2,
  lemma3,
  'lemma4-loss': lemma4Loss,
  'lemma4-gradient': lemma4Gradient,
  'lemma4-trajectory': lemma4Trajectory,
  'lemma5-l': lemma5L,
  'lemma5-l1': lemma5L1,
  eq7,
  lemma7,
  eq8,
  'lemma1-tanh': lemma1Tanh,
  'lemma2-tanh': lemma2Tanh,
  'lemma7-tanh': lemma7Tanh,
} as const satisfies Readonly<Record<IdentityName, Identity>>;
