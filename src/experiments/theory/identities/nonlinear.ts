import { mean } from 'simple-statistics';
import { apply } from '../linear-as-vae.js';
import { normals, type Random } from '../random.js';
import { randomTanhNetwork, tanhVae } from '../tanh-vae.js';
import {
  cubaturePoints,
  negativeBoundAt,
  objectiveAt,
  optimalDecoderVariance,
  squaredErrorAt,
  type Vae,
} from '../vae-objective.js';
import { atLeast, equality, worst, type Check, type Identity, type RandomPoint } from './identity.js';

/** Tolerance for sums of some hundred terms of similar size, whose rounding is about 1e-14 of them. */
const ROUNDING = 1e-11;
const DATA_POINTS = 5;
const MAX_HIDDEN = 8;

/**
 * A VAE whose f and g are random networks with one hidden layer of tanh, and a data distribution of a few points. The lemmas hold for
 * every data distribution, and need only the mean and the covariance of z'. The mean over cubature points has those of N(0, I) exactly,
 * so both sides agree up to rounding, without Monte Carlo.
 */
interface Nonlinear {
  readonly vae: Vae;
  readonly ambientDim: number;
  readonly expect: (integrand: typeof objectiveAt, vae?: Vae) => number;
}

function nonlinearAt(random: Random, { truth, vae: drawn }: RandomPoint): Nonlinear {
  const { encoderVariance, decoderDeviation } = drawn;
  const [ambientDim, latentDim] = [truth.rows, encoderVariance.length];
  const vae = tanhVae(
    randomTanhNetwork(random, ambientDim, random.integer(1, MAX_HIDDEN), latentDim),
    randomTanhNetwork(random, latentDim, random.integer(1, MAX_HIDDEN), ambientDim),
    { encoderVariance, decoderDeviation },
  );
  const data = Array.from({ length: DATA_POINTS }, () => apply(truth, normals(random, truth.columns)));
  const noises = cubaturePoints(latentDim);
  return {
    vae,
    ambientDim,
    expect: (integrand, model = vae) =>
      mean(data.flatMap((x) => noises.map((noise) => integrand(model, x, noise)))),
  };
}

export const lemma1Tanh: Identity = {
  statement: 'Lemma 1 for tanh networks: L >= E|x - f|^2 / (2 eps^2) + d log eps + r / 2.',
  tolerance: ROUNDING,
  check(random, point) {
    const { vae, ambientDim, expect } = nonlinearAt(random, point);
    const bound =
      expect(squaredErrorAt) / (2 * vae.decoderDeviation ** 2) +
      ambientDim * Math.log(vae.decoderDeviation) +
      vae.encoderVariance.length / 2;
    return atLeast(expect(objectiveAt), bound);
  },
};

/**
 * With u = log eps the loss is c exp(-2u) / 2 + d u plus a constant. If its minimum is at u*, then c = d exp(2 u*), so that
 * L(u* + h) - L(u* - h) = d (2h - sinh 2h) for every h. Any other u* gives another difference.
 */
export const lemma2Tanh: Identity = {
  statement:
    'Lemma 2 for tanh networks: at fixed f, g and D the best eps^2 is the mean squared reconstruction error / d.',
  tolerance: ROUNDING,
  check: (random, point) => checkBestDeviation(random, point, optimalDecoderVariance),
};

/** Checks Lemma 2 with this eps^2. */
export function checkBestDeviation(
  random: Random,
  point: RandomPoint,
  bestVariance: typeof optimalDecoderVariance,
): Check {
  const { vae, ambientDim, expect } = nonlinearAt(random, point);
  const best = Math.log(bestVariance(expect(squaredErrorAt), ambientDim)) / 2;
  const step = random.normal();
  const lossAt = (logDeviation: number) =>
    expect(objectiveAt, { ...vae, decoderDeviation: Math.exp(logDeviation) });
  const [low, middle, high] = [lossAt(best - step), lossAt(best), lossAt(best + step)];
  return worst([
    atLeast(low, middle),
    atLeast(high, middle),
    equality(high - low, ambientDim * (2 * step - Math.sinh(2 * step))),
  ]);
}

export const lemma7Tanh: Identity = {
  statement:
    'Lemma 7 for tanh networks: minus the evidence lower bound is Eq. (3) plus a constant, d/2 log(2 pi) - r/2.',
  tolerance: ROUNDING,
  check(random, point) {
    const { vae, ambientDim, expect } = nonlinearAt(random, point);
    const constant = (ambientDim * Math.log(2 * Math.PI) - vae.encoderVariance.length) / 2;
    return equality(expect(negativeBoundAt), expect(objectiveAt) + constant);
  },
};
