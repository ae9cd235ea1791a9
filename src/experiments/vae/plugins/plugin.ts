import type tfjs from '@tensorflow/tfjs-node';
import type { Tensor2D } from '@tensorflow/tfjs-node';
import type { TrainingSettings } from '../settings/task.js';
import type { Metric } from '../metrics/metric.js';

/** The tfjs-node module that is passed to plugins. A plugin that imported it would load another copy, or none. */
export type TensorFlow = typeof tfjs;

/** The default export of a module that is passed with `--plugin`. */
export interface Plugin {
  /** Name in messages and in the identity of the tasks that depend on the plugin, for example `torus`. */
  readonly name: string;
  /** Experiments with the types of `vae-sweep/experiment`. */
  readonly experiments?: readonly {
    /** Value of `experiment` in sweep files. */
    readonly name: string;
  }[];
  /** Data distributions for VAEs. */
  readonly datasets?: readonly PluginDataset[];
  /** Additional columns of the evaluation log of every task that trains a VAE. */
  readonly metrics?: readonly Metric[];
  /** Sections of a sweep's report. */
  readonly reports?: readonly PluginReport[];
}

/** A data distribution. A sweep file selects it with `experiment`. The encoder and the decoder are multilayer perceptrons. */
export interface PluginDataset {
  /** The value of `experiment`, for example `flat-torus`. */
  readonly name: string;
  /** Default settings, for those that a sweep file does not set. */
  readonly defaults: {
    /** Number of training steps. */
    readonly steps: number;
    /** Learning rate of Adam. */
    readonly learningRate: number;
    /** Widths of the hidden layers of both networks. If empty, each network is one dense layer. */
    readonly hiddenWidths: readonly number[];
    /** c in log eps^2 = p * c, where p is trainable and initially 1. Must not be 0. */
    readonly initialDecoderLogVariance: number;
  };
  /**
   * Returns the number of coordinates of a point that are not padding.
   * @param intrinsicDim r*, the first of the sweep's `dimensions`
   */
  coordinates(intrinsicDim: number): number;
  /**
   * Returns the number of standard normal numbers from which a point is computed.
   * @param intrinsicDim r*, the first of the sweep's `dimensions`
   */
  sourceDim(intrinsicDim: number): number;
  /**
   * Returns the shapes of the parameters, which are standard normal and drawn once per seed. Default: none.
   * @param intrinsicDim r*, the first of the sweep's `dimensions`
   */
  parameterShapes?(intrinsicDim: number): readonly (readonly [number, number])[];
  /**
   * Computes data points. Must be a pure function of its arguments, because it is called once and compiled, and must not read tensor
   * values. The result is padded with zeros to `ambientDim` coordinates.
   * @param tf TensorFlow
   * @param source standard normal numbers [n, sourceDim]
   * @param parameters the parameters, with the shapes of `parameterShapes`
   * @param intrinsicDim r*, the first of the sweep's `dimensions`
   * @returns points [n, coordinates]
   */
  points(tf: TensorFlow, source: Tensor2D, parameters: readonly Tensor2D[], intrinsicDim: number): Tensor2D;
}

/** A section of a sweep's report, computed from its finished tasks. */
export interface PluginReport {
  /** Base name of the section's files, for example `torus-radii`. */
  readonly name: string;
  /** Heading of the section. */
  readonly title: string;
  /**
   * Computes the section.
   * @param runs the finished tasks
   */
  make(runs: readonly PluginRun[]): PluginSection;
}

/** A finished task. */
export interface PluginRun {
  /** Settings of the task. */
  readonly settings: TrainingSettings;
  /**
   * Returns a metric at the last evaluation; null if it is not a number.
   * @param metric name of the column
   */
  final(metric: string): number | null;
  /**
   * Returns a metric at each evaluation where it is defined.
   * @param metric name of the column
   */
  series(metric: string): readonly {
    /** Training step of the evaluation. */
    readonly step: number;
    /** The metric there. */
    readonly value: number;
  }[];
  /** Returns the points of the last evaluation, [n, ambientDim]. */
  points(): {
    /** Points of the trained generator. */
    readonly generated: readonly (readonly number[])[];
    /** Points of the data. */
    readonly real: readonly (readonly number[])[];
  };
}

/** What a section of a report shows. */
export interface PluginSection {
  /** A sentence below the title. */
  readonly caption: string;
  /** Rows of the table and data of the figure; all have the same keys. */
  readonly rows: readonly Readonly<Record<string, string | number | null>>[];
  /** A Vega-Lite view of the rows. Default: no figure, only the table. */
  readonly view?: object;
}
