import { tf } from '../../../compiler/native/tensorflow.js';
import type { Dataset } from './dataset.js';
import { padWithZeros } from './padding.js';

/** x = (u, 0), u uniform on the unit sphere of R^(r*+1): a normal vector over its norm (Section 6, "Nonlinear dataset"). */
export const sphere: Dataset = {
  sourceDim: ({ intrinsicDim }) => intrinsicDim + 1,
  parameterShapes: () => [],
  parameters: () => [],
  points: (_parameters, source, { ambientDim }) =>
    padWithZeros(tf.mul(source, tf.rsqrt(tf.sum(tf.square(source), 1, true))), ambientDim),
};
