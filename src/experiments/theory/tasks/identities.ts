import { identitiesSchema } from '../computations/identities-settings.js';
import type { IdentityName } from '../identities/names.js';
import { theoryExperiment } from './theory-experiment.js';

/** Milliseconds per draw of the identities that take long. */
const SLOW_MS: { readonly [Name in IdentityName]?: number } = { eq4: 20, 'lemma4-trajectory': 7 };

export const identities = theoryExperiment({
  kind: 'identities',
  schema: identitiesSchema,
  nameParts: ({ identity }) => [identity],
  problems: () => [],
  maxRows: ({ draws }) => draws,
  ms: ({ identity, draws }) => draws * (SLOW_MS[identity] ?? 0.4),
});
