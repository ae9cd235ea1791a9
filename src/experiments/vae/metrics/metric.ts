import type { ColumnDisplay } from '../../../task/column.js';
import type { TrainingSettings } from '../settings/task.js';

/** Rows of numbers, [n, d]. */
export type Points = readonly (readonly number[])[];

/** The inputs of the metrics of one evaluation, all in float64. */
export interface Evaluation {
  /**
   * The task's settings, its seed among them. `steps` is left out, because a task with more steps keeps the evaluations of one with
   * fewer.
   */
  readonly settings: Omit<TrainingSettings, 'steps'>;
  /** Number of training steps before this evaluation. Draw random numbers only from it and from the seed. */
  readonly step: number;
  /** Name of the experiment, for example `sphere`. */
  readonly experiment: string;
  /** r*, the intrinsic dimension of the data. */
  readonly intrinsicDim: number;
  /** d, the number of coordinates of a point. */
  readonly ambientDim: number;
  /** Number of coordinates of a point that are not padding. */
  readonly coordinates: number;
  /** The encoder variances D_ii, [latentDim]. */
  readonly encoderVariance: readonly number[];
  /** The decoder variance eps^2, after clipping. */
  readonly decoderVariance: number;
  /** Points of the trained generator, noise included, [n, ambientDim]. */
  readonly generated: Points;
  /** The parameters of the data: A [r*, r*] for linear data, a* [r*, 1] for sigmoid data. */
  readonly dataParameters: readonly Points[];
  /** The matrix A~ [ambientDim, latentDim] of a decoder that is one dense layer; null for other decoders. */
  readonly decoderMatrix: Points | null;
  /** For each hidden layer of the decoder, the number of units whose output is 0 for every generated point. */
  readonly deadDecoderUnits: readonly number[];
  /** The inputs of the released code's score; null with other random streams. */
  readonly released: ReleasedScore | null;
}

/** What the evaluation of the authors' released code needs in addition. */
export interface ReleasedScore {
  /** The generated points, with noise scaled by the decoder variance of the previous evaluation, [n, d]. */
  readonly generated: Points;
  /** The real points that the score of linear data draws for itself, [n, d]; null for other data. */
  readonly scoreBatch: Points | null;
}

/** The value types of metrics in the evaluation log. Each value can also be null. */
export interface MetricValues {
  readonly int32: number;
  readonly float64: number;
  readonly list: readonly number[];
}

/** The texts of a metric that people read. */
export interface MetricDescription extends ColumnDisplay, MetricVisibility {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

/** Where a built-in metric is shown, among the places that have no room for all metrics. */
interface MetricVisibility {
  /** Whether the tables of reports show its mean over the seeds. */
  readonly isInTables?: true;
  /** Whether the dashboard shows a chart of it. */
  readonly isCharted?: true;
  /** Whether the curves of reports show it, or the data for which they do. */
  readonly hasCurves?: true | readonly string[];
}

/** One column of the evaluation log. */
export type Metric = ColumnDisplay &
  {
    [K in keyof MetricValues]: {
      /** Name of the column. */
      readonly name: string;
      /** Type of the column. */
      readonly type: K;
      /** Unit of the values, for example `nats`, or `1`. */
      readonly unit: string;
      /** Text for logs and exports. */
      readonly description: string;
      /**
       * Computes the metric.
       * @param evaluation the state of the model and the generated points
       * @returns null if the metric is not defined
       */
      compute(evaluation: Evaluation): MetricValues[K] | null;
    };
  }[keyof MetricValues];

/** A metric that every task has. `nullable` is false for a metric that is always defined. */
export type BuiltInMetric = Metric & MetricVisibility & { readonly nullable?: false };

/** Returns the function with a cache, for numbers that several metrics compute from the same points. */
export function oncePerPoints<T>(compute: (points: Points) => T): (points: Points) => T {
  const known = new WeakMap<Points, T>();
  return (points) => {
    const result = known.get(points) ?? compute(points);
    known.set(points, result);
    return result;
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
