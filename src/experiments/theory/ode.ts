import { createRequire } from 'node:module';

export interface OdeOptions {
  /** Error tolerance per step: the error of each number y is at most this times (1 + |y|). */
  readonly tolerance: number;
  readonly largestStep: number;
  /** Number of steps after which the integration ends. */
  readonly maxSteps: number;
}

/** The values y at the end of a step. */
export interface OdeStep {
  readonly time: number;
  readonly values: readonly number[];
}

/**
 * Why the integration ended. `end-time`: it reached the end time. `step-collapsed`: steps no longer change the time, or the solver keeps
 * rejecting them. `step-limit`: it took `maxSteps` steps.
 */
export type OdeEnd = 'end-time' | 'step-collapsed' | 'step-limit';

/** The used part of odex 3. Its package contains TypeScript source that does not compile with this project's stricter settings. */
interface Odex {
  readonly Solver: new (
    derivative: (time: number, values: number[], out: number[]) => void,
    size: number,
    options: Readonly<Record<string, number | boolean>>,
  ) => { solutionSegments(start: number, values: number[], end: number): Iterable<Segment> };
}

interface Segment {
  readonly x0: number;
  readonly x1: number;
  readonly y: number[];
}

class StepCollapse extends Error {}

const require = createRequire(import.meta.url);
const { Solver } = require('odex') as Odex;

/** A step of the highest order takes 90 evaluations, so this many mean hundreds of rejected steps. */
const MAX_EVALUATIONS_PER_STEP = 20_000;
/** A step below this fraction of the time has collapsed. */
const SMALLEST_STEP = 4 * Number.EPSILON;
/** A step below this value at time 0 has collapsed. */
const SMALLEST_FIRST_STEP = 1e-100;
/** The first step of odex is at least this long, so it can jump over fast changes at the start. */
const FIRST_STEP = 1e-4;
/** The fraction of y that the first step may change, to first order. */
const FIRST_CHANGE = 0.01;
/** Replaces derivatives that are not finite, so that odex rejects the step. It would accept a step whose error is NaN. */
const REJECTED = 1e150;

/**
 * Solves dy/dt = derivative(y) from time 0 with ODEX, the extrapolated midpoint rule with adaptive step size and order (Hairer,
 * Norsett and Wanner, "Solving Ordinary Differential Equations I", II.9). Yields y after every step.
 */
export function* integrate(
  derivative: (values: number[]) => ArrayLike<number>,
  start: readonly number[],
  endTime: number,
  { tolerance, largestStep, maxSteps }: OdeOptions,
): Generator<OdeStep, OdeEnd, undefined> {
  const timeUnit = initialTimeUnit(start, derivative([...start]));
  let evaluations = 0;
  const evaluate = (_time: number, values: number[], out: number[]) => {
    if (++evaluations > MAX_EVALUATIONS_PER_STEP) throw new StepCollapse();
    const slope = derivative(values);
    for (let i = 0; i < out.length; i++) {
      const value = slope[i] ?? NaN;
      out[i] = Number.isFinite(value) ? value * timeUnit : REJECTED;
    }
  };
  const solver = new Solver(evaluate, start.length, {
    rawFunction: true,
    denseOutput: false,
    relativeTolerance: tolerance,
    absoluteTolerance: tolerance,
    maxStepSize: largestStep / timeUnit,
    maxSteps: Number.MAX_SAFE_INTEGER,
  });
  let steps = 0;
  try {
    for (const { x0, x1, y } of solver.solutionSegments(0, [...start], endTime / timeUnit)) {
      if (x1 - x0 <= SMALLEST_STEP * x1 + SMALLEST_FIRST_STEP) return 'step-collapsed';
      yield { time: x1 * timeUnit, values: y };
      if (++steps >= maxSteps) return 'step-limit';
      evaluations = 0;
    }
  } catch (error) {
    if (error instanceof StepCollapse) return 'step-collapsed';
    throw error;
  }
  return 'end-time';
}

/** Returns a time unit in which the first step of odex changes y by at most a hundredth (Hairer, Norsett and Wanner, II.4). */
function initialTimeUnit(start: readonly number[], slope: ArrayLike<number>): number {
  const size = Math.hypot(...start.map((value) => value / (1 + Math.abs(value))));
  const speed = Math.hypot(...start.map((value, i) => (slope[i] ?? NaN) / (1 + Math.abs(value))));
  const step = (FIRST_CHANGE * size) / speed;
  return step > 0 && step < FIRST_STEP ? step / FIRST_STEP : 1;
}
