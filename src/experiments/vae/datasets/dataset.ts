import type { Tensor2D } from '@tensorflow/tfjs-node';
import type { DataKeys } from '../../../compiler/random/words.js';

/** The dimensions of a model. */
export interface Dimensions {
  readonly intrinsicDim: number;
  readonly ambientDim: number;
  readonly latentDim: number;
}

/** A distribution on a manifold of intrinsicDim dimensions. What planning needs of it is in `settings/training-data.ts`. */
export interface Dataset {
  /** Returns the shapes of the parameters (A, a*), which are drawn once per seed; empty if there are none. */
  parameterShapes(dimensions: Dimensions): readonly (readonly [number, number])[];
  /** Draws the parameters with the next keys of the authors' chain. */
  parameters(keys: DataKeys, dimensions: Dimensions): Tensor2D[];
  /** Computes data points from standard normal numbers, `source` [n, sourceDim]. The model pads them to ambientDim. */
  points(parameters: readonly Tensor2D[], source: Tensor2D, dimensions: Dimensions): Tensor2D;
}
