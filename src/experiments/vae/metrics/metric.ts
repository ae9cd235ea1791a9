import type { ColumnWords } from '../../../task/column.js';

/** Rows of numbers, [n][d]. */
export type Points = readonly (readonly number[])[];

/** What the metrics of one evaluation are computed from, all in float64. */
export interface Evaluation {
  readonly experiment: string;
  readonly intrinsicDim: number;
  readonly ambientDim: number;
  /** Coordinates of a point that are not padding. */
  readonly coordinates: number;
  /** D_ii, [latentDim]. */
  readonly encoderVariance: readonly number[];
  /** eps^2. */
  readonly decoderVariance: number;
  /** Points of the trained generator, noise included, [n, ambientDim]. */
  readonly generated: Points;
  /** The data's parameters: A [r*, r*] of linear data, a* [r*, 1] of sigmoid data. */
  readonly dataParameters: readonly Points[];
  /** A~ [ambientDim, latentDim], the decoder's matrix, if the decoder is one dense layer. */
  readonly decoderMatrix: Points | null;
  /** Units of each hidden layer of the decoder whose output is 0 for every generated point. */
  readonly deadDecoderUnits: readonly number[];
  /** What the score of the authors' released code is computed from; null with other random streams. */
  readonly released: ReleasedScore | null;
}

export interface ReleasedScore {
  /** The generated points, their noise scaled by the decoder variance of the evaluation before, [n, d]. */
  readonly generated: Points;
  /** Real points that a score of linear data draws for itself, [n, d]; null for other data. */
  readonly scoreBatch: Points | null;
}

/** Kinds of columns in the evaluation log; each may be null. */
export interface MetricValues {
  readonly int32: number;
  readonly float64: number;
  readonly list: readonly number[];
}

/** What people read of a metric. */
export interface Described extends ColumnWords, Shown {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

/** Where people see a built-in metric where not all have room. */
interface Shown {
  /** Whether tables of reports have its mean over the seeds. */
  readonly isInTables?: true;
  /** Whether the dashboard has a chart of it. */
  readonly isCharted?: true;
  /** Whether a report's curves show it; or the data for which they do. */
  readonly hasCurves?: true | readonly string[];
}

/** One column of the evaluation log. */
export type Metric = ColumnWords &
  {
    [K in keyof MetricValues]: {
      readonly name: string;
      readonly type: K;
      readonly unit: string;
      readonly description: string;
      /** @returns null where the metric is not defined */
      compute(evaluation: Evaluation): MetricValues[K] | null;
    };
  }[keyof MetricValues];

/** A metric that every run has. `nullable` is false for one that is always defined. */
export type BuiltInMetric = Metric & Shown & { readonly nullable?: false };

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
