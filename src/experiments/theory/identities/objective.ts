import { mean } from 'simple-statistics';
import { apply, linearAsVae } from '../linear-as-vae.js';
import { loss } from '../linear-vae.js';
import { normals } from '../random.js';
import { cubaturePoints, estimate, negativeBoundAt, objectiveAt, squaredErrorAt } from '../vae-objective.js';
import { equality, type Identity, type RandomPoint } from './identity.js';

/** Tolerance for sums of some hundred terms of similar size, whose rounding is about 1e-14 of them. */
const ROUNDING = 1e-11;
const SAMPLES = 2_000;

/** Compares Eq. (4) with the mean of Eq. (3) over random x = A z and z'. The error is in standard errors. */
export const eq4: Identity = {
  statement: 'Eq. (4): the closed form of the linear loss is the expectation of Eq. (3), by Monte Carlo.',
  // In standard errors. A normal number exceeds six of them once in 5e8 draws.
  tolerance: 6,
  check(random, { truth, vae }) {
    const model = linearAsVae(vae);
    const values = Array.from({ length: SAMPLES }, () => {
      const x = apply(truth, normals(random, truth.columns));
      return objectiveAt(model, x, normals(random, vae.encoderVariance.length));
    });
    const { mean: drawn, standardError } = estimate(values);
    const exact = loss(truth, vae);
    return { left: drawn, right: exact, error: Math.abs(drawn - exact) / standardError };
  },
};

/** Compares Eq. (4) with the exact expectation: with linear f and g, Eq. (3) is quadratic in (z, z'). */
export const eq8: Identity = {
  statement:
    'Lemma 8, Eq. (8): the closed form of the linear loss is the expectation of Eq. (3), by cubature.',
  tolerance: ROUNDING,
  check: (_random, point) => equality(expectation(point, objectiveAt), loss(point.truth, point.vae)),
};

/** Checks that -E[log p(x|z) + log p(z) - log q(z|x)], computed from the three densities, is Eq. (3) + d/2 log(2 pi) - r/2. */
export const lemma7: Identity = {
  statement: 'Lemma 7: minus the evidence lower bound is Eq. (3) plus a constant, d/2 log(2 pi) - r/2.',
  tolerance: ROUNDING,
  check(_random, point) {
    const { truth, vae } = point;
    const constant = (truth.rows * Math.log(2 * Math.PI) - vae.encoderVariance.length) / 2;
    return equality(expectation(point, negativeBoundAt), loss(truth, vae) + constant);
  },
};

/** Computes E |x - f(g(x) + D^(1/2) z')|^2 of a linear VAE exactly from its f and g. */
export function expectedSquaredError(point: RandomPoint): number {
  return expectation(point, squaredErrorAt);
}

function expectation({ truth, vae }: RandomPoint, integrand: typeof objectiveAt): number {
  const model = linearAsVae(vae);
  const points = cubaturePoints(truth.columns + vae.encoderVariance.length);
  return mean(
    points.map((point) =>
      integrand(model, apply(truth, point.slice(0, truth.columns)), point.slice(truth.columns)),
    ),
  );
}
