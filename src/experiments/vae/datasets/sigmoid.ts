import type { Tensor2D } from '@tensorflow/tfjs-node';
import { tf } from '../../../compiler/native/tensorflow.js';
import { normal } from '../../../compiler/random/distributions.js';
import { keyOf } from '../../../compiler/random/keys.js';
import type { Dataset } from './dataset.js';

/** x = (z, sigma(<a*, z>)), z ~ N(0, I_r*), a* ~ N(0, I_r*) (Section 6, "Nonlinear dataset"). */
export const sigmoid: Dataset = {
  parameterShapes: ({ intrinsicDim }) => [[intrinsicDim, 1]],
  parameters: (keys, { intrinsicDim }) => [normal(keyOf(keys.next()), [intrinsicDim, 1]) as Tensor2D],
  points: ([direction], source) => {
    if (direction === undefined) throw new Error('Sigmoid data requires the vector a*.');
    return tf.concat([source, tf.sigmoid(tf.matMul(source, direction))], 1);
  },
};
