import type { Matrix } from 'ml-matrix';
import {
  converseMargins,
  converseQuantities,
  drawSequence,
  type ConverseQuantities,
  type VaeSequence,
} from '../converse.js';
import { loss } from '../linear-vae.js';
import { groundTruth, randomFrom } from '../random.js';
import type { Computation, Numbers, Verdict } from './computation.js';
import type { Column, Measure, Outcome } from './converse-quantities.js';
import type { ConverseSettings } from './converse-settings.js';

/** Tolerance of a margin: rounding of the loss, relative to its size. */
const MARGIN_TOLERANCE = 1e-12;
/** Slopes of a loss that goes to -infinity are multiples of 1/4 in the limit. */
const FALLING = 0.1;
/** A slope that shrinks by this factor per decade belongs to a loss that converges: the slowest by s^(1/2). */
const CONVERGING = 0.5;
/** A quantity goes to 0 if it falls by this factor per decade: the slowest by s. */
const VANISHING = 0.5;
/** A quantity that is as small as rounding has gone to 0. */
const ROUNDING = 1e-24;

/** Checks the converse of Theorem 3 along random sequences. */
export const converse: Computation<ConverseSettings, Column, Measure, Outcome> = {
  statement:
    'Theorem 3, converse: if a sequence drives the loss to -infinity, then eps -> 0, A - A~ B~ A -> 0, D~_ii |A~_i|^2 -> 0, and more than r - d columns of A~ go to 0.',
  run,
};

function* run(settings: ConverseSettings): Generator<Numbers<Column>, Verdict<Outcome, Measure>, undefined> {
  const random = randomFrom(settings.seed);
  const counts = { falling: 0, violating: 0, counterexamples: 0, exceeded: 0 };
  let smallest: ConverseQuantities = { variance: NaN, reconstruction: NaN, column: NaN };
  for (let draw = 1; draw <= settings.draws; draw++) {
    const truth = groundTruth(random, settings.ambientDim, settings.rank);
    const row = examineSequence(truth, drawSequence(random, truth, settings.latentDim), settings.decades);
    const margins = {
      variance: row.varianceMargin,
      reconstruction: row.reconstructionMargin,
      column: row.columnMargin,
    };
    smallest = minOf(smallest, margins);
    counts.falling += row.falls;
    counts.violating += 1 - row.meets;
    if (row.falls > row.meets) counts.counterexamples++;
    if (Object.values(margins).some((margin) => margin < -MARGIN_TOLERANCE * (1 + Math.abs(row.loss))))
      counts.exceeded++;
    yield { draw, ...row };
  }
  return converseVerdict({
    draws: settings.draws,
    ...counts,
    smallestVarianceMargin: smallest.variance,
    smallestReconstructionMargin: smallest.reconstruction,
    smallestColumnMargin: smallest.column,
  });
}

/** Follows a sequence from s = 1 by powers of ten. Its limits are judged by the last two decades. */
export function examineSequence(
  truth: Matrix,
  sequence: VaeSequence,
  decades: number,
): Omit<Numbers<Column>, 'draw'> {
  const vaes = Array.from({ length: decades + 1 }, (_, i) => sequence(10 ** -i));
  const margins = vaes.map((vae) => converseMargins(truth, vae)).reduce(minOf);
  const [first, before, last] = [vaes.at(-3), vaes.at(-2), vaes.at(-1)];
  if (first === undefined || before === undefined || last === undefined)
    throw new Error('A sequence has at least three points.');
  const losses = [first, before, last].map((vae) => loss(truth, vae)) as [number, number, number];
  const [slopeBefore, slope] = [(losses[0] - losses[1]) / Math.LN10, (losses[1] - losses[2]) / Math.LN10];
  const [earlier, quantities] = [converseQuantities(truth, before), converseQuantities(truth, last)];
  const vanishes = (name: keyof ConverseQuantities) =>
    Number.isNaN(quantities[name]) ||
    quantities[name] < ROUNDING ||
    quantities[name] < VANISHING * earlier[name];
  return {
    loss: losses[2],
    slope,
    deviation: last.decoderDeviation,
    reconstructionError: quantities.reconstruction,
    column: quantities.column,
    falls: slope > FALLING && slope > CONVERGING * slopeBefore ? 1 : 0,
    meets: vanishes('variance') && vanishes('reconstruction') && vanishes('column') ? 1 : 0,
    varianceMargin: margins.variance,
    reconstructionMargin: margins.reconstruction,
    columnMargin: margins.column,
  };
}

/** The converse holds if no sequence contradicts it, and if there were sequences of both kinds that could have. */
export function converseVerdict(measures: Numbers<Measure>): Verdict<Outcome, Measure> {
  const { falling, violating, counterexamples, exceeded } = measures;
  const isWithin = counterexamples === 0 && exceeded === 0;
  return {
    outcome: isWithin ? 'all-within' : 'exceeded',
    complete: falling > 0 && violating > 0,
    holds: isWithin,
    measures,
  };
}

function minOf(a: ConverseQuantities, b: ConverseQuantities): ConverseQuantities {
  const min = (name: keyof ConverseQuantities) =>
    Number.isNaN(a[name]) ? b[name] : Math.min(a[name], b[name]);
  return { variance: min('variance'), reconstruction: min('reconstruction'), column: min('column') };
}
