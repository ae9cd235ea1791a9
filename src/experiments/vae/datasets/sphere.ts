import { tf } from '../../../compiler/native/tensorflow.js';
import type { Dataset } from './dataset.js';

/** x is uniform on the unit sphere of R^(r*+1): a normal vector divided by its norm (Section 6, "Nonlinear dataset"). */
export const sphere: Dataset = {
  parameterShapes: () => [],
  parameters: () => [],
  points: (_parameters, source) => tf.mul(source, tf.rsqrt(tf.sum(tf.square(source), 1, true))),
};
