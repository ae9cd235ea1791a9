import { Matrix } from 'ml-matrix';
import { decayAlong, type Decay } from '../decay.js';
import { descend, type DescentEnd } from '../descent.js';
import { loss } from '../linear-vae.js';
import type { OdeEnd } from '../ode.js';
import { gaussianMatrix, groundTruth, randomFrom } from '../random.js';
import { simplifiedFlow, type PathPoint } from '../simplified-flow.js';
import { optimalEncoderVariance, simplifiedLoss } from '../simplified-loss.js';
import type { Computation, Numbers, Verdict } from './computation.js';
import type { Column, Measure, Outcome } from './gradient-flow-quantities.js';
import type { GradientFlowSettings } from './gradient-flow-settings.js';

/** For larger t / K the bound is below 1e-16 of its start, and |P_Wperp A~|^2 consists of the solver's errors. */
const DECAYED = 36;
/** Tolerance for the solver's errors in a logarithm, and for rounding in that of a singular value. */
const MARGIN_TOLERANCE = 1e-6;
/** A row is due when t has grown by this fraction of K, or eps~ has changed by 2%. */
const ROW_TIME = 0.02;
const ROW_LOG_DEVIATION = 0.02;

const COMPLETE: readonly Outcome[] = ['smallest-deviation', 'max-time', 'decayed'];

/** Checks Theorem 5 (Theorem 2) and Lemma 6. */
export const gradientFlow: Computation<GradientFlowSettings, Column, Measure, Outcome> = {
  statement:
    'Theorem 5, Lemma 6: along the gradient flow of L1, what A~ has outside the column span of A decays at least as exp(-t / K); of L and gradient descent the paper believes the same.',
  run,
};

function* run(
  settings: GradientFlowSettings,
): Generator<Numbers<Column>, Verdict<Outcome, Measure>, undefined> {
  const { truth, start } = draw(settings);
  const decay = decayAlong(truth, start);
  const k = decay.see(start);
  const summary = new Summary();
  const rowAt = (point: PathPoint) => summary.add(toRow(settings, truth, point, decay.measure(point)));
  let row = rowAt(start);
  yield row;

  const path = pathFrom(settings, truth, start, k);
  let point: PathPoint = start;
  let outcome: Outcome | null = null;
  while (outcome === null) {
    const next = path.next();
    if (next.done) outcome = next.value === 'end-time' ? 'max-time' : next.value;
    else {
      point = next.value;
      summary.steps++;
      outcome = outcomeAt(settings, point, decay.see(point));
      if (!isRowDue(row, point)) continue;
      row = rowAt(point);
      yield row;
    }
  }
  if (row.time < point.time) yield rowAt(point);
  return summary.verdict(outcome);
}

/** Draws A and the start of the path: Gaussian A~ and B~; D~ is 1 for L, and the D~ of Lemma 3 for L1. */
function draw({
  objective,
  seed,
  ambientDim,
  rank,
  latentDim,
  startScale,
  startDeviation,
}: GradientFlowSettings) {
  const random = randomFrom(seed);
  const truth = groundTruth(random, ambientDim, rank);
  const vae = {
    decoder: Matrix.mul(gaussianMatrix(random, ambientDim, latentDim), startScale),
    encoder: Matrix.mul(gaussianMatrix(random, latentDim, ambientDim), startScale),
    decoderDeviation: startDeviation,
  };
  const encoderVariance =
    objective === 'l1' ? optimalEncoderVariance(vae) : Array.from({ length: latentDim }, () => 1);
  return { truth, start: { time: 0, vae: { ...vae, encoderVariance } } };
}

function pathFrom(
  { objective, stepSize, maxTime, maxSteps, tolerance }: GradientFlowSettings,
  truth: Matrix,
  start: PathPoint,
  k: number,
): Generator<PathPoint, OdeEnd | DescentEnd, undefined> {
  if (objective === 'l1')
    return simplifiedFlow(truth, start.vae, maxTime, { tolerance, maxSteps, largestStep: ROW_TIME * k });
  return descend(truth, start.vae, maxTime, { stepSize: stepSize ?? NaN, maxSteps });
}

/** Returns the outcome if the path ends at this point, else null. */
function outcomeAt(settings: GradientFlowSettings, { time, vae }: PathPoint, k: number): Outcome | null {
  if (k > settings.largestK) return 'k-exploded';
  if (vae.decoderDeviation <= settings.smallestDeviation) return 'smallest-deviation';
  return time / k > DECAYED ? 'decayed' : null;
}

function isRowDue(last: Numbers<Column>, { time, vae }: PathPoint): boolean {
  return (
    time - last.time >= ROW_TIME * last.k ||
    Math.abs(Math.log(vae.decoderDeviation / last.deviation)) >= ROW_LOG_DEVIATION
  );
}

function toRow(
  { objective }: GradientFlowSettings,
  truth: Matrix,
  { time, vae }: PathPoint,
  decay: Decay,
): Numbers<Column> {
  const value = objective === 'l1' ? simplifiedLoss(truth, vae) : loss(truth, vae);
  return { time, deviation: vae.decoderDeviation, loss: value, ...decay };
}

/** Accumulates the numbers of the verdict row by row. */
class Summary {
  steps = 0;
  readonly #smallest = {
    margin: NaN,
    encoderMargin: NaN,
    rowMargin: NaN,
    tailMargin: NaN,
    rate: NaN,
  };
  #first: Numbers<Column> | undefined;
  #last: Numbers<Column> | undefined;

  add(row: Numbers<Column>): Numbers<Column> {
    const smallest = this.#smallest;
    for (const name of ['tailMargin', 'rate'] as const) smallest[name] = lesser(smallest[name], row[name]);
    if (row.time > 0)
      for (const name of ['margin', 'encoderMargin', 'rowMargin'] as const)
        smallest[name] = lesser(smallest[name], row[name]);
    this.#first ??= row;
    this.#last = row;
    return row;
  }

  verdict(outcome: Outcome): Verdict<Outcome, Measure> {
    const { margin, encoderMargin, rowMargin, tailMargin, rate } = this.#smallest;
    const at = (row: Numbers<Column> | undefined, name: Column) => row?.[name] ?? NaN;
    return {
      outcome,
      complete: COMPLETE.includes(outcome),
      holds: ![margin, rowMargin, tailMargin].some((value) => value < -MARGIN_TOLERANCE),
      measures: {
        time: at(this.#last, 'time'),
        deviation: at(this.#last, 'deviation'),
        k: at(this.#last, 'k'),
        encoderK: at(this.#last, 'encoderK'),
        logBoundDecay: -at(this.#last, 'time') / at(this.#last, 'k'),
        logOutsideDecay: at(this.#last, 'logOutside') - at(this.#first, 'logOutside'),
        smallestMargin: margin,
        smallestEncoderMargin: encoderMargin,
        smallestRowMargin: rowMargin,
        smallestTailMargin: tailMargin,
        smallestRate: rate,
        steps: this.steps,
      },
    };
  }
}

/** Returns the smaller of two numbers, either of which can be NaN for none. */
function lesser(a: number, b: number): number {
  return Number.isNaN(a) || b < a ? b : a;
}
