import { Matrix } from 'ml-matrix';
import { sum } from 'simple-statistics';
import { exactDecoder } from '../exact-decoders.js';
import { loss, reconstruct, squaredColumnNorms, squaredNorm, type LinearVae } from '../linear-vae.js';
import { gaussianMatrix, groundTruth, randomFrom } from '../random.js';
import { optimalEncoderVariance, simplifiedLoss } from '../simplified-loss.js';
import type { Computation, Numbers, Verdict } from './computation.js';
import { deviationSequence } from './deviation-sequence.js';
import type { Column, Measure, Outcome } from './landscape-quantities.js';
import type { LandscapeSettings } from './landscape-settings.js';

/** log(|A~_i|^2 + eps^2) differs from log |A~_i|^2 by about eps^2 / |A~_i|^2, which is below 1e-6 in the last of four decades. */
const SLOPE_TOLERANCE = 1e-3;
/** Tolerance between L at the D~ of Lemma 3 and L1: rounding of the sums, relative to their size. */
const LOSS_TOLERANCE = 1e-9;
/** Slopes are whole numbers. A slope closer to zero than this counts as zero. */
const FLAT = 0.5;
/** An encoder variance below this value counts as going to zero. */
const ZERO_VARIANCE = 0.1;

/** Checks Theorem 3 and, if the reconstruction is broken, Lemma 1. */
export const landscape: Computation<LandscapeSettings, Column, Measure, Outcome> = {
  statement:
    'Theorem 3, Lemma 1: with A = A~ B~ A the loss goes to -infinity as eps -> 0 exactly if more than r - d columns of A~ are zero; with r - d it converges, with fewer or without A = A~ B~ A it goes to +infinity.',
  run,
};

function* run(settings: LandscapeSettings): Generator<Numbers<Column>, Verdict<Outcome, Measure>, undefined> {
  const { truth, at } = draw(settings);
  const predictedSlope = settings.ambientDim - settings.latentDim + settings.zeroColumns;
  const offset = asymptoteOffset(truth, at(1));
  let simplifiedLossError = 0;
  let before: Numbers<Column> | undefined;
  for (const deviation of deviationSequence(settings.decades, settings.pointsPerDecade)) {
    const asymptote = predictedSlope * Math.log(deviation) + offset;
    before = { ...toRow(truth, at(deviation), before), asymptote };
    simplifiedLossError = Math.max(simplifiedLossError, relativeError(before.loss, before.simplifiedLoss));
    yield before;
  }
  const smallest = at(10 ** -settings.decades);
  const value = loss(truth, smallest);
  const squaredResidual = squaredNorm(reconstruct(truth, smallest).residual);
  return landscapeVerdict(settings, {
    predictedSlope,
    slope: (value - loss(truth, at(10 ** (1 - settings.decades)))) / -Math.LN10,
    residual: Math.sqrt(squaredResidual),
    residualPart: squaredResidual / (2 * smallest.decoderDeviation ** 2) / value,
    loss: value,
    asymptoteError: Math.abs(value - predictedSlope * Math.log(smallest.decoderDeviation) - offset),
    encoderZeros: smallest.encoderVariance.filter((variance) => variance < ZERO_VARIANCE).length,
    nonzeroColumns: settings.latentDim - settings.zeroColumns,
    simplifiedLossError,
  });
}

function toRow(
  truth: Matrix,
  vae: LinearVae,
  before: Numbers<Column> | undefined,
): Omit<Numbers<Column>, 'asymptote'> {
  const value = loss(truth, vae);
  const norms = squaredColumnNorms(vae.decoder);
  return {
    deviation: vae.decoderDeviation,
    loss: value,
    simplifiedLoss: simplifiedLoss(truth, vae),
    slope:
      before === undefined ? NaN : (value - before.loss) / Math.log(vae.decoderDeviation / before.deviation),
    largestNonzeroVariance: Math.max(...vae.encoderVariance.filter((_, i) => norms[i] !== 0)),
  };
}

/** Draws A, and returns the model as a function of eps~, with the D~ of Lemma 3. */
function draw({ seed, ambientDim, rank, latentDim, zeroColumns, reconstruction }: LandscapeSettings) {
  const random = randomFrom(seed);
  const truth = groundTruth(random, ambientDim, rank);
  const exact = exactDecoder(random, truth, latentDim, zeroColumns);
  const change = gaussianMatrix(random, latentDim, ambientDim).mul(reconstruction === 'exact' ? 0 : 1);
  const at = (decoderDeviation: number): LinearVae => {
    const vae = { decoder: exact.decoder, encoder: Matrix.add(exact.encoder, change), decoderDeviation };
    return { ...vae, encoderVariance: optimalEncoderVariance(vae) };
  };
  return { truth, at };
}

/** Returns the limit of L1 - slope log eps if A = A~ B~ A: |B~ A|_F^2 / 2 + r / 2 + sum of log |A~_i| over the nonzero columns. */
function asymptoteOffset(truth: Matrix, vae: LinearVae): number {
  const norms = squaredColumnNorms(vae.decoder).filter((norm) => norm > 0);
  return (
    (squaredNorm(reconstruct(truth, vae).code) +
      vae.decoder.columns +
      sum(norms.map((norm) => Math.log(norm)))) /
    2
  );
}

/** Judges whether the numbers agree with Theorem 3 and Lemma 1. */
export function landscapeVerdict(
  { reconstruction }: Pick<LandscapeSettings, 'reconstruction'>,
  numbers: Numbers<Measure>,
): Verdict<Outcome, Measure> {
  const { slope, predictedSlope, residualPart, simplifiedLossError, encoderZeros, nonzeroColumns } = numbers;
  const isAsPredicted =
    reconstruction === 'exact'
      ? Math.abs(slope - predictedSlope) <= SLOPE_TOLERANCE
      : trend(slope) === 'to-plus-infinity' && Math.abs(residualPart - 1) <= SLOPE_TOLERANCE;
  return {
    outcome: trend(slope),
    complete: true,
    holds: isAsPredicted && simplifiedLossError <= LOSS_TOLERANCE && encoderZeros === nonzeroColumns,
    measures: numbers,
  };
}

/** Returns the limit of the loss as eps~ goes to 0, given its slope over log eps~. */
function trend(slope: number): Outcome {
  if (Math.abs(slope) < FLAT) return 'bounded';
  return slope > 0 ? 'to-minus-infinity' : 'to-plus-infinity';
}

function relativeError(actual: number, expected: number): number {
  return Math.abs(actual - expected) / (1 + Math.abs(expected));
}
