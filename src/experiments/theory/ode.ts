import { Radau, type Derivative } from './radau.js';

export interface OdeOptions {
  /** Error tolerance per step: the root mean square over all y of the error over 1 + |y|. */
  readonly tolerance: number;
  readonly largestStep: number;
  /** Number of steps after which the integration ends. */
  readonly maxSteps: number;
}

/** The values y at the end of a step. */
export interface OdeStep {
  readonly time: number;
  readonly values: Float64Array;
}

/**
 * Why the integration ended. `end-time`: it reached the end time. `step-collapsed`: steps no longer change the time, or the solver keeps
 * rejecting them. `step-limit`: it took `maxSteps` steps.
 */
export type OdeEnd = 'end-time' | 'step-collapsed' | 'step-limit';

/** A step below this fraction of the time has collapsed. */
const SMALLEST_STEP = 4 * Number.EPSILON;
/** A step below this value at time 0 has collapsed. */
const SMALLEST_FIRST_STEP = 1e-100;
/** The fraction of 1 + |y| by which the first step changes y, to first order. */
const FIRST_CHANGE = 1e-3;

/** Solves dy/dt = derivative(y) from time 0 with Radau IIA, with steps as long as the tolerance allows. Yields y after every step. */
export function* integrate(
  derivative: Derivative,
  start: ArrayLike<number>,
  endTime: number,
  { tolerance, largestStep, maxSteps }: OdeOptions,
): Generator<OdeStep, OdeEnd, undefined> {
  const solver = new Radau(derivative, start, tolerance);
  let time = 0;
  let step = firstStep(solver.values, derivative(solver.values));
  for (let steps = 0; time < endTime;) {
    if (!(step > SMALLEST_STEP * time + SMALLEST_FIRST_STEP)) return 'step-collapsed';
    if (steps >= maxSteps) return 'step-limit';
    const length = Math.min(step, largestStep, endTime - time);
    const { accepted, nextStep } = solver.attempt(length);
    step = nextStep;
    if (!accepted) continue;
    steps++;
    time = length === endTime - time ? endTime : time + length;
    yield { time, values: solver.values };
  }
  return 'end-time';
}

function firstStep(values: Float64Array, slope: ArrayLike<number>): number {
  const speeds = Array.from(values, (value, i) => Math.abs(slope[i] ?? NaN) / (1 + Math.abs(value)));
  return FIRST_CHANGE / Math.max(FIRST_CHANGE / Number.MAX_VALUE, ...speeds);
}
