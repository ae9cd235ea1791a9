import { createRequire } from 'node:module';

export interface OdeOptions {
  /** The error that a step may make in each number y: this times (1 + |y|). */
  readonly tolerance: number;
  readonly largestStep: number;
  /** Steps taken before it gives up. */
  readonly maxSteps: number;
}

/** y at a time, where a step ended. */
export interface OdeStep {
  readonly time: number;
  readonly values: readonly number[];
}

/**
 * Why the integration ended: at the end time; as steps no longer change the time, or are refused one after the other; or at
 * `maxSteps`.
 */
export type OdeEnd = 'end-time' | 'step-collapsed' | 'step-limit';

/** What is used of odex 3, whose package holds TypeScript source that this project's stricter settings refuse. */
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

/** A step of the highest order takes 90 evaluations; this many are hundreds of refused steps. */
const MAX_EVALUATIONS_A_STEP = 20_000;
/** A step below the first part of the time, or below the second at time 0, has collapsed. */
const SMALLEST_STEP = 4 * Number.EPSILON;
const SMALLEST_FIRST_STEP = 1e-100;
/** odex makes its first step no smaller than this, and can accept one that jumps over all that happens. */
const FIRST_STEP = 1e-4;
/** The part of y that the first step may change, to first order. */
const FIRST_CHANGE = 0.01;
/** odex accepts a step whose error is NaN. It gets this number instead of what is not finite, and refuses the step. */
const REFUSED = 1e150;

/**
 * Solves dy/dt = derivative(y) from time 0 with ODEX, the extrapolated midpoint rule with adaptive step and order (Hairer,
 * Norsett and Wanner, "Solving Ordinary Differential Equations I", II.9). Yields y after every step.
 */
export function* integrate(
  derivative: (values: number[]) => ArrayLike<number>,
  start: readonly number[],
  endTime: number,
  { tolerance, largestStep, maxSteps }: OdeOptions,
): Generator<OdeStep, OdeEnd, undefined> {
  const timeUnit = suitableTimeUnit(start, derivative([...start]));
  let evaluations = 0;
  const evaluate = (_time: number, values: number[], out: number[]) => {
    if (++evaluations > MAX_EVALUATIONS_A_STEP) throw new StepCollapse();
    const slope = derivative(values);
    for (let i = 0; i < out.length; i++) {
      const value = slope[i] ?? NaN;
      out[i] = Number.isFinite(value) ? value * timeUnit : REFUSED;
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

/** The unit of the solver's time: odex's first step in it changes y by a hundredth (Hairer, Norsett and Wanner, II.4). */
function suitableTimeUnit(start: readonly number[], slope: ArrayLike<number>): number {
  const size = Math.hypot(...start.map((value) => value / (1 + Math.abs(value))));
  const speed = Math.hypot(...start.map((value, i) => (slope[i] ?? NaN) / (1 + Math.abs(value))));
  const step = (FIRST_CHANGE * size) / speed;
  return step > 0 && step < FIRST_STEP ? step / FIRST_STEP : 1;
}
