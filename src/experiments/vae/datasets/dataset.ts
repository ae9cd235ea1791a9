import type { Tensor2D } from '@tensorflow/tfjs-node';
import type { DataKeys } from '../../../compiler/random/words.js';

/** What decides the shapes of a model. */
export interface Dimensions {
  readonly intrinsicDim: number;
  readonly ambientDim: number;
  readonly latentDim: number;
}

/** A distribution on a manifold of intrinsicDim dimensions. `settings/training-data.ts` has what planning needs to know of it. */
export interface Dataset {
  /** Shapes of what is drawn once per seed (A, a*); empty if nothing is. */
  parameterShapes(dimensions: Dimensions): readonly (readonly [number, number])[];
  /** Draws the parameters with the next of the authors' keys. */
  parameters(keys: DataKeys, dimensions: Dimensions): Tensor2D[];
  /** Makes points of `source` [n, sourceDim], standard normal. The model pads them to ambientDim. */
  points(parameters: readonly Tensor2D[], source: Tensor2D, dimensions: Dimensions): Tensor2D;
}
