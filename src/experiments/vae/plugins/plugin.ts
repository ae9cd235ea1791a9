import type tfjs from '@tensorflow/tfjs-node';
import type { Tensor2D } from '@tensorflow/tfjs-node';
import type { TrainingSettings } from '../settings/task.js';
import type { Metric } from '../metrics/metric.js';

/** tfjs-node, as a plugin is given it: a module outside of this package would find another one, or none. */
export type TensorFlow = typeof tfjs;

/** What a module given with `--plugin` exports as its default. */
export interface Plugin {
  /** Names it in messages and in the identity of the tasks that it has a part in, for example `torus`. */
  readonly name: string;
  /** Typed by `vae-sweep/experiment`. */
  readonly experiments?: readonly { readonly name: string }[];
  readonly datasets?: readonly PluginDataset[];
  /** Further columns of the evaluation log of every task that trains a VAE. */
  readonly metrics?: readonly Metric[];
  readonly reports?: readonly PluginReport[];
}

/** A distribution of data that a sweep file names as its `experiment`; encoder and decoder are multilayer perceptrons. */
export interface PluginDataset {
  /** For example `flat-torus`. */
  readonly name: string;
  /** What a setting is where a sweep file does not give it. */
  readonly defaults: {
    readonly steps: number;
    readonly learningRate: number;
    /** Widths of the hidden layers of both networks; empty: one dense layer each. */
    readonly hiddenWidths: readonly number[];
    /** c in log eps^2 = p * c, p starting at 1; not 0. */
    readonly initialDecoderLogVariance: number;
  };
  /** Coordinates of a point that are not padding. */
  coordinates(intrinsicDim: number): number;
  /** Standard normal numbers that a point is made of. */
  sourceDim(intrinsicDim: number): number;
  /** Shapes of the parameters, which are standard normal and drawn once a seed. Default: none. */
  parameterShapes?(intrinsicDim: number): readonly (readonly [number, number])[];
  /**
   * Points [n, coordinates], a pure function of its arguments: it is called once and compiled, so that it must not read values.
   * The coordinates that are missing to `ambientDim` are made zeros.
   * @param source [n, sourceDim], standard normal
   */
  points(tf: TensorFlow, source: Tensor2D, parameters: readonly Tensor2D[], intrinsicDim: number): Tensor2D;
}

/** A section of a sweep's report, made of its finished runs. */
export interface PluginReport {
  /** Names its files, for example `torus-radii`. */
  readonly name: string;
  readonly title: string;
  make(runs: readonly PluginRun[]): PluginSection;
}

/** A finished run. */
export interface PluginRun {
  readonly settings: TrainingSettings;
  /** A metric at the last evaluation; null where it is not a number. */
  final(metric: string): number | null;
  /** A metric over the evaluations where it is defined. */
  series(metric: string): readonly { readonly step: number; readonly value: number }[];
  /** Points of the last evaluation, a row each. */
  points(): {
    readonly generated: readonly (readonly number[])[];
    readonly real: readonly (readonly number[])[];
  };
}

export interface PluginSection {
  /** A sentence under the title. */
  readonly caption: string;
  /** Observations, all with the same keys: the table, and the figure's data. */
  readonly rows: readonly Readonly<Record<string, string | number | null>>[];
  /** A Vega-Lite view of the rows. Default: a table alone. */
  readonly view?: object;
}
