/**
 * The paper's experiments (Section 6) as rows of a table: what a setting is when a sweep file does not give it.
 * Architectures and latent dimensions are the paper's text; steps, learning rates, batch and seeds are those of the authors'
 * released code. Loads no TensorFlow, so that planning stays instant; the tensors are in `src/vae`.
 */
export interface Experiment {
  /** Steps of a full run. */
  readonly steps: number;
  readonly learningRate: number;
  /** Widths of the hidden layers of both networks; empty: one dense layer each. */
  readonly hiddenWidths: readonly number[];
  /** Whether `hiddenWidths` may be set. */
  readonly hasHiddenLayers: boolean;
  /** c in log eps^2 = p * c, p starting at 1: the decoder log-variance at the first step. */
  readonly initialDecoderLogVariance: number;
  /** Coordinates of a data point that are not padding, as a multiple of the intrinsic dimension plus this. */
  readonly extraCoordinates: number;
}

export const experiments = {
  linear: {
    steps: 100_000,
    learningRate: 1e-3,
    hiddenWidths: [],
    hasHiddenLayers: false,
    initialDecoderLogVariance: -1,
    extraCoordinates: 0,
  },
  sigmoid: {
    steps: 150_000,
    learningRate: 1e-4,
    hiddenWidths: [],
    hasHiddenLayers: false,
    initialDecoderLogVariance: -3,
    extraCoordinates: 1,
  },
  sphere: {
    steps: 150_000,
    learningRate: 1e-4,
    hiddenWidths: [200, 200, 200],
    hasHiddenLayers: true,
    initialDecoderLogVariance: -3,
    extraCoordinates: 1,
  },
} as const satisfies Record<string, Experiment>;

export type ExperimentName = keyof typeof experiments;
