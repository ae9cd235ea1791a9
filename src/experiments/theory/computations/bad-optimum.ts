import { Matrix } from 'ml-matrix';
import { badOptimum, badOptimumLoss, sigmoidPoint, sigmoidVae, type BadOptimumDims } from '../bad-optimum.js';
import { numericalRank } from '../projections.js';
import { normals, randomFrom, type Random } from '../random.js';
import { estimate, objectiveAt, type Vae } from '../vae-objective.js';
import type { BadOptimumSettings } from './bad-optimum-settings.js';
import type { Computation, Numbers, Verdict } from './computation.js';
import { deviationSequence } from './deviation-sequence.js';
import type { Column, Measure, Outcome } from './bad-optimum-quantities.js';

/** In the last of four decades, log(1 + eps^2) times up to 100 latents changes the slope by less than 1e-4. */
const SLOPE_TOLERANCE = 1e-3;
/** In standard errors. A normal number deviates further once in 1.7 million draws. */
const DEVIATION_TOLERANCE = 5;
/** For eps~ below this value, the loss is a straight line over log eps~ to within 1e-4. */
const STRAIGHT = 0.01 * (1 + 1e-12);
const ZERO_VARIANCE = 0.1;

/** Checks Theorem 4. */
export const badOptimumComputation: Computation<BadOptimumSettings, Column, Measure, Outcome> = {
  statement:
    'Theorem 4: for every s >= 1 with d > r* + s and r >= r* + s, a generator of r* + s dimensions has a loss that goes to -infinity, and exactly r* + s of D~ go to zero.',
  run,
};

function* run(
  settings: BadOptimumSettings,
): Generator<Numbers<Column>, Verdict<Outcome, Measure>, undefined> {
  const random = randomFrom(settings.seed);
  const slopes = normals(random, settings.intrinsicDim);
  const lossAt = (deviation: number) => badOptimumLoss(settings, slopes, deviation);
  const steep = { from: 0, loss: NaN };
  let lastMean = NaN;
  let largestError = 0;
  let before = NaN;
  for (const deviation of deviationSequence(settings.decades, settings.pointsPerDecade)) {
    const vae = sigmoidVae(badOptimum(settings, deviation));
    const drawn = monteCarloLoss(random, vae, slopes, settings);
    const loss = lossAt(deviation);
    const error = (drawn.mean - loss) / drawn.standardError;
    const slope = (loss - lossAt(before)) / Math.log(deviation / before);
    yield { deviation, loss, monteCarloLoss: drawn.mean, standardError: drawn.standardError, error, slope };
    largestError = Math.max(largestError, Math.abs(error));
    if (deviation <= STRAIGHT && steep.from === 0)
      Object.assign(steep, { from: deviation, loss: drawn.mean });
    lastMean = drawn.mean;
    before = deviation;
  }
  const smallest = 10 ** -settings.decades;
  const parameters = badOptimum(settings, smallest);
  return verdict({
    predictedSlope: settings.ambientDim - settings.intrinsicDim - settings.extraDims,
    slope: (lossAt(smallest) - lossAt(10 * smallest)) / -Math.LN10,
    monteCarloSlope: (lastMean - steep.loss) / Math.log(smallest / steep.from),
    largestError,
    generatorDim: generatorDim(random, sigmoidVae(parameters), settings),
    predictedDim: settings.intrinsicDim + settings.extraDims,
    encoderZeros: parameters.encoderVariance.filter((variance) => variance < ZERO_VARIANCE).length,
  });
}

function monteCarloLoss(
  random: Random,
  vae: Vae,
  slopes: readonly number[],
  { intrinsicDim, ambientDim, latentDim, points }: BadOptimumSettings,
) {
  const values = Array.from({ length: points }, () => {
    const x = sigmoidPoint(normals(random, intrinsicDim), slopes, ambientDim);
    return objectiveAt(vae, x, normals(random, latentDim));
  });
  return estimate(values);
}

/**
 * Returns the dimension of the affine space that contains the range of the generator: the rank of f(z) minus its mean, over more
 * points z than necessary.
 */
function generatorDim(random: Random, vae: Vae, { ambientDim, latentDim }: BadOptimumDims): number {
  const rows = Array.from({ length: ambientDim + latentDim }, () => vae.decode(normals(random, latentDim)));
  return numericalRank(new Matrix(rows).center('column'));
}

function verdict(numbers: Numbers<Measure>): Verdict<Outcome, Measure> {
  const { predictedSlope, slope, largestError, generatorDim, predictedDim, encoderZeros } = numbers;
  return {
    outcome: slope > SLOPE_TOLERANCE ? 'to-minus-infinity' : 'bounded',
    complete: true,
    holds:
      slope > 0 &&
      Math.abs(slope - predictedSlope) <= SLOPE_TOLERANCE &&
      largestError <= DEVIATION_TOLERANCE &&
      generatorDim === predictedDim &&
      encoderZeros === predictedDim,
    measures: numbers,
  };
}
