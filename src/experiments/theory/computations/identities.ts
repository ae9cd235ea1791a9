import { randomPoint, type Identity } from '../identities/identity.js';
import { identities } from '../identities/registry.js';
import { randomFrom } from '../random.js';
import type { Computation, Numbers, Verdict } from './computation.js';
import type { Column, Measure, Outcome } from './identities-quantities.js';
import type { IdentitiesSettings } from './identities-settings.js';

/** Checks Eq. (4), (7) and (8), and Lemmas 1 to 5 and 7. */
export const identitiesComputation: Computation<IdentitiesSettings, Column, Measure, Outcome> = {
  statement:
    'Eq. (4), Lemmas 1 to 5, Eq. (7), Lemmas 7 and 8: identities and inequalities at random matrices.',
  run,
};

function run(settings: IdentitiesSettings) {
  return checkAtDraws(identities[settings.identity], settings);
}

/** Checks a statement at `draws` random points. */
export function* checkAtDraws(
  { tolerance, check }: Identity,
  { seed, draws, maxDim }: Pick<IdentitiesSettings, 'seed' | 'draws' | 'maxDim'>,
): Generator<Numbers<Column>, Verdict<Outcome, Measure>, undefined> {
  const random = randomFrom(seed);
  let worstError = 0;
  let exceeded = 0;
  for (let draw = 1; draw <= draws; draw++) {
    const point = randomPoint(random, maxDim);
    const result = check(random, point);
    worstError = Math.max(worstError, result.error);
    if (!(result.error <= tolerance)) exceeded++;
    const { truth, vae } = point;
    yield { draw, ambientDim: truth.rows, rank: truth.columns, latentDim: vae.decoder.columns, ...result };
  }
  return {
    outcome: exceeded === 0 ? 'all-within' : 'exceeded',
    complete: true,
    holds: exceeded === 0,
    measures: { draws, exceeded, worstError, tolerance },
  };
}
