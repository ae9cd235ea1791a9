import { loss, lossGradient } from '../linear-vae.js';
import { normals } from '../random.js';
import { optimalEncoderVariance, simplifiedLoss } from '../simplified-loss.js';
import { optimalDecoderVariance } from '../vae-objective.js';
import { atLeast, equality, worst, type Identity } from './identity.js';
import { expectedSquaredError } from './objective.js';

const ROUNDING = 1e-11;

/**
 * Checks that at the eps^2 = E|x - f|^2 / d of Lemma 2 the loss is stationary and lower than at any other eps. (The lemma's eps is the
 * square root of the mean squared error divided by d; its proof names Eq. (4) instead of Eq. (3).)
 */
export const lemma2: Identity = {
  statement: 'Lemma 2: at fixed f, g and D the best eps^2 is the mean squared reconstruction error / d.',
  tolerance: ROUNDING,
  check(random, point) {
    const { truth } = point;
    const decoderDeviation = Math.sqrt(optimalDecoderVariance(expectedSquaredError(point), truth.rows));
    const best = { ...point.vae, decoderDeviation };
    const other = { ...best, decoderDeviation: decoderDeviation * Math.exp(random.normal()) };
    const slope = lossGradient(truth, best).decoderDeviation * decoderDeviation;
    return worst([atLeast(loss(truth, other), loss(truth, best)), equality(slope, 0)]);
  },
};

/** Checks that at the D~ of Lemma 3 the loss L equals L1, is stationary in D~, and is lower than at any other D~. */
export const lemma3: Identity = {
  statement: 'Lemma 3, Eq. (5): the best D~_ii is eps~^2 / (|A~_i|^2 + eps~^2), and L is L1 there.',
  tolerance: ROUNDING,
  check(random, { truth, vae }) {
    const encoderVariance = optimalEncoderVariance(vae);
    const best = { ...vae, encoderVariance };
    const factors = normals(random, encoderVariance.length).map(Math.exp);
    const other = { ...vae, encoderVariance: encoderVariance.map((value, i) => value * (factors[i] ?? NaN)) };
    const slopes = lossGradient(truth, best).encoderVariance.map(
      (slope, i) => slope * (encoderVariance[i] ?? NaN),
    );
    return worst([
      equality(loss(truth, best), simplifiedLoss(truth, vae)),
      atLeast(loss(truth, other), simplifiedLoss(truth, vae)),
      ...slopes.map((slope) => equality(slope, 0)),
    ]);
  },
};

/** Checks the bound with which the proof of Lemma 1 shows that L -> -infinity requires eps -> 0 and no reconstruction error. */
export const lemma1: Identity = {
  statement: 'Lemma 1: L >= E|x - f|^2 / (2 eps^2) + d log eps + r / 2.',
  tolerance: ROUNDING,
  check(_random, point) {
    const { truth, vae } = point;
    const bound =
      expectedSquaredError(point) / (2 * vae.decoderDeviation ** 2) +
      truth.rows * Math.log(vae.decoderDeviation) +
      vae.encoderVariance.length / 2;
    return atLeast(loss(truth, vae), bound);
  },
};
