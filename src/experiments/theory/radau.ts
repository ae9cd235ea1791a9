import { LuDecomposition, Matrix } from 'ml-matrix';
import { ComplexLu } from './complex-lu.js';
import { EIGENVALUES, ERROR_WEIGHTS, FROM_EIGENBASIS, NODES, TO_EIGENBASIS } from './radau-coefficients.js';

/** Returns dy/dt at y. A caller may overwrite the result of the call before. */
export type Derivative = (values: Float64Array) => ArrayLike<number>;

/** The result of one attempted step. */
export interface Attempt {
  readonly accepted: boolean;
  /** The length to attempt next. */
  readonly nextStep: number;
}

const MAX_ITERATIONS = 6;
/** Newton's iterations end when the next would change y by this fraction of the tolerance. */
const NEWTON_TOLERANCE = 0.01;
/** If Newton's iterations converge at least this fast, the Jacobian is kept. */
const FAST_CONVERGENCE = 1e-3;
/** A factor of the step below this value is not worth a new decomposition. */
const KEPT_STEP = 1.2;
const [SMALLEST_FACTOR, LARGEST_FACTOR] = [0.2, 10];
const SAFETY = 0.9;
/** The error of the estimate's order grows with the fourth power of the step. */
const ERROR_POWER = 1 / 4;
/** Relative to 1 + |y|: the square root of float64 rounding, best for a forward difference. */
const DIFFERENCE = 1.5e-8;

/** y at the three nodes of a step minus y at its start, and how Newton's iterations got there. */
interface Solution {
  readonly stages: Stages;
  readonly iterations: number;
  /** The ratio of the last two changes. */
  readonly rate: number;
}

type Stages = readonly [Float64Array, Float64Array, Float64Array];

/** The matrices of Newton's iterations, decomposed: the eigenvalues over the step minus the Jacobian. */
interface Decomposed {
  readonly step: number;
  readonly real: LuDecomposition;
  readonly complex: ComplexLu;
}

/**
 * Radau IIA, the implicit Runge-Kutta method of order 5 with three stages, for stiff systems dy/dt = f(y) (Hairer and Wanner, "Solving
 * Ordinary Differential Equations II", IV.8). Its steps are as long as the path allows, no matter how fast y would return to the path.
 *
 * The equations of a step are solved by simplified Newton iterations. Their Jacobian, by forward differences, decides only how fast they
 * converge, so it is kept for as long as they are fast. The error of a step is the root mean square of the estimated errors of each y over
 * tolerance (1 + |y|).
 */
export class Radau {
  readonly #derivative: Derivative;
  readonly #tolerance: number;
  #values: Float64Array;
  #slope: Float64Array;
  #jacobian: Float64Array | null = null;
  /** Whether the Jacobian is that of `values`. */
  #isCurrent = false;
  /** Null if the Jacobian has changed since. */
  #decomposed: Decomposed | null = null;
  /** The last accepted step. */
  #last: { readonly step: number; readonly error: number; readonly stages: Stages } | null = null;
  #wasRejected = false;

  constructor(derivative: Derivative, start: ArrayLike<number>, tolerance: number) {
    this.#derivative = derivative;
    this.#tolerance = tolerance;
    this.#values = Float64Array.from(start);
    this.#slope = this.#slopeAt(this.#values);
  }

  /** y at the end of the last accepted step. */
  get values(): Float64Array {
    return this.#values;
  }

  /** Attempts a step of this length. */
  attempt(step: number): Attempt {
    let solution = this.#solve(step);
    if (solution === null && !this.#isCurrent) {
      this.#jacobian = null;
      solution = this.#solve(step);
    }
    if (solution === null) return this.#reject(step / 2);
    const { stages, iterations, rate } = solution;
    const end = add(this.#values, stages[2]);
    const error = this.#errorOf(step, stages, end);
    const safety = (SAFETY * (2 * MAX_ITERATIONS + 1)) / (2 * MAX_ITERATIONS + iterations);
    const factor = safety * this.#stepFactor(step, error);
    if (!(error < 1)) return this.#reject(step * Math.max(SMALLEST_FACTOR, factor || 0));
    this.#last = { step, error, stages };
    this.#values = end;
    this.#slope = this.#slopeAt(end);
    this.#wasRejected = false;
    this.#isCurrent = false;
    const isSlow = iterations > 2 && rate > FAST_CONVERGENCE;
    if (isSlow) this.#jacobian = null;
    const isKept = !isSlow && factor < KEPT_STEP;
    return { accepted: true, nextStep: isKept ? step : step * Math.min(LARGEST_FACTOR, factor) };
  }

  #reject(nextStep: number): Attempt {
    this.#wasRejected = true;
    return { accepted: false, nextStep };
  }

  /** Returns the step over this one at which the error would be 1: it grows with the fourth power, by trend with that of the last step. */
  #stepFactor(step: number, error: number): number {
    const trend =
      this.#last === null || error === 0
        ? 1
        : (step / this.#last.step) * (this.#last.error / error) ** ERROR_POWER;
    return Math.min(1, trend) * error ** -ERROR_POWER;
  }

  /** Solves z_i = step sum_j a_ij f(y + z_j), in the basis in which the inverse of a is a number and a complex number. */
  #solve(step: number): Solution | null {
    const { real, complex } = this.#decompose(step);
    const scale = this.#scale(this.#values, this.#values);
    let stages = this.#guess(step);
    const reduced = transform(TO_EIGENBASIS, stages);
    let before = NaN;
    for (let iterations = 1; iterations <= MAX_ITERATIONS; iterations++) {
      const slopes = stages.map((stage) => this.#slopeAt(add(this.#values, stage))) as [...Stages];
      const [first, re, im] = transform(TO_EIGENBASIS, slopes);
      const [w, u, v] = reduced;
      axpy(first, -EIGENVALUES.real / step, w);
      axpy(re, -EIGENVALUES.re / step, u);
      axpy(re, EIGENVALUES.im / step, v);
      axpy(im, -EIGENVALUES.im / step, u);
      axpy(im, -EIGENVALUES.re / step, v);
      const changes = complex.solve({ re, im });
      const change: Stages = [solveReal(real, first), changes.re, changes.im];
      const size = norm(change, scale);
      if (!Number.isFinite(size)) return null;
      const rate = size / before;
      if (rate >= 1 || (rate ** (MAX_ITERATIONS - iterations) / (1 - rate)) * size > NEWTON_TOLERANCE)
        return null;
      reduced.forEach((part, i) => {
        axpy(part, 1, change[i] ?? part);
      });
      stages = transform(FROM_EIGENBASIS, reduced);
      if (size === 0 || (rate / (1 - rate)) * size < NEWTON_TOLERANCE) return { stages, iterations, rate };
      before = size;
    }
    return null;
  }

  /** Continues the polynomial of the last step. */
  #guess(step: number): [...Stages] {
    const last = this.#last;
    if (last === null) return [0, 1, 2].map(() => new Float64Array(this.#values.length)) as [...Stages];
    return NODES.map((node) => {
      const weights = lagrangeWeights(1 + (node * step) / last.step);
      // The polynomial is 0 at the start of the last step; its end is the start of this one.
      const guess = last.stages[2].map((value) => -value);
      last.stages.forEach((stage, i) => {
        axpy(guess, weights[i] ?? NaN, stage);
      });
      return guess;
    }) as [...Stages];
  }

  /** Estimates the error of y, in units of the tolerance, by the embedded formula of order 3. */
  #errorOf(step: number, stages: Stages, end: Float64Array): number {
    const { real } = this.#decompose(step);
    const scale = this.#scale(this.#values, end);
    const weighted = new Float64Array(end.length);
    stages.forEach((stage, i) => {
      axpy(weighted, (ERROR_WEIGHTS[i] ?? NaN) / step, stage);
    });
    const error = solveReal(real, add(this.#slope, weighted));
    const size = norm([error], scale);
    if (size < 1 || !(this.#wasRejected || this.#last === null)) return size;
    // Filters the stiff part of the error once more, which the estimate exaggerates.
    return norm([solveReal(real, add(this.#slopeAt(add(this.#values, error)), weighted))], scale);
  }

  #decompose(step: number): Decomposed {
    if (this.#jacobian === null) {
      this.#jacobian = this.#differences();
      this.#isCurrent = true;
      this.#decomposed = null;
    }
    if (this.#decomposed?.step === step) return this.#decomposed;
    const size = this.#values.length;
    const matrix = Matrix.from1DArray(size, size, this.#jacobian).neg();
    for (let i = 0; i < size; i++) matrix.set(i, i, matrix.get(i, i) + EIGENVALUES.real / step);
    this.#decomposed = {
      step,
      real: new LuDecomposition(matrix),
      complex: new ComplexLu(this.#jacobian, size, { re: EIGENVALUES.re / step, im: EIGENVALUES.im / step }),
    };
    return this.#decomposed;
  }

  /** Returns the Jacobian at `values`, row by row. */
  #differences(): Float64Array {
    const size = this.#values.length;
    const jacobian = new Float64Array(size * size);
    const values = Float64Array.from(this.#values);
    for (let column = 0; column < size; column++) {
      const value = values[column] ?? NaN;
      values[column] = value + DIFFERENCE * (1 + Math.abs(value));
      const change = (values[column] ?? NaN) - value;
      const slope = this.#derivative(values);
      for (let row = 0; row < size; row++)
        jacobian[row * size + column] = ((slope[row] ?? NaN) - (this.#slope[row] ?? NaN)) / change;
      values[column] = value;
    }
    return jacobian;
  }

  #slopeAt(values: Float64Array): Float64Array {
    return Float64Array.from(this.#derivative(values));
  }

  #scale(a: Float64Array, b: Float64Array): Float64Array {
    return a.map((value, i) => this.#tolerance * (1 + Math.max(Math.abs(value), Math.abs(b[i] ?? NaN))));
  }
}

/** Returns the weights at x of the values at the nodes, for a polynomial that is 0 at 0. */
function lagrangeWeights(x: number): number[] {
  return NODES.map((node) =>
    NODES.filter((other) => other !== node).reduce(
      (product, other) => (product * (x - other)) / (node - other),
      x / node,
    ),
  );
}

function transform(matrix: readonly (readonly number[])[], stages: Stages): [...Stages] {
  return matrix.map((row) => {
    const out = new Float64Array(stages[0].length);
    stages.forEach((stage, i) => {
      axpy(out, row[i] ?? NaN, stage);
    });
    return out;
  }) as [...Stages];
}

/** Adds factor x to out. */
function axpy(out: Float64Array, factor: number, x: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? NaN) + factor * (x[i] ?? NaN);
}

function add(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + (b[i] ?? NaN));
}

function solveReal(decomposition: LuDecomposition, right: Float64Array): Float64Array {
  return Float64Array.from(decomposition.solve(Matrix.columnVector(right)).to1DArray());
}

/** Returns the root mean square of the numbers over their scale. */
function norm(vectors: readonly Float64Array[], scale: Float64Array): number {
  let total = 0;
  for (const vector of vectors)
    for (let i = 0; i < vector.length; i++) total += ((vector[i] ?? NaN) / (scale[i] ?? NaN)) ** 2;
  return Math.sqrt(total / (vectors.length * scale.length));
}
