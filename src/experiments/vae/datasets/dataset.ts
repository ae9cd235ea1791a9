import type { Tensor2D } from '@tensorflow/tfjs-node';
import type { DataKeys } from '../../../compiler/random/words.js';

/** What decides the shapes of a model. */
export interface Dimensions {
  readonly intrinsicDim: number;
  readonly ambientDim: number;
  readonly latentDim: number;
}

/** A distribution on R^ambientDim that lies on a manifold of intrinsicDim dimensions; the coordinates after it are padding. */
export interface Dataset {
  /** Standard normal numbers that a point is made of. */
  sourceDim(dimensions: Dimensions): number;
  /** Shapes of what is drawn once a seed (A, a*); empty if nothing is. */
  parameterShapes(dimensions: Dimensions): readonly (readonly [number, number])[];
  /** Draws the parameters with the next of the authors' keys. */
  parameters(keys: DataKeys, dimensions: Dimensions): Tensor2D[];
  /** Points [n, ambientDim] made of `source` [n, sourceDim], standard normal. */
  points(parameters: readonly Tensor2D[], source: Tensor2D, dimensions: Dimensions): Tensor2D;
}
