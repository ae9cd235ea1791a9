import type { Rank, Tensor2D } from '@tensorflow/tfjs-node';
import { tf } from '../../../compiler/native/tensorflow.js';

/** Appends zero columns to x [n, k]. @returns [n, ambientDim] */
export function padWithZeros(x: Tensor2D, ambientDim: number): Tensor2D {
  const [count, width] = x.shape;
  return width === ambientDim ? x : tf.concat([x, tf.zeros<Rank.R2>([count, ambientDim - width])], 1);
}
