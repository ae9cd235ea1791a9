import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-node';
import { tf } from '../native/tensorflow.js';
import { threefry2x32 } from './threefry.js';

/** A key of `jax.random`: two unsigned 32-bit words in an int32 tensor of shape [2]. */
export type Key = Tensor1D;

/** `jax.random.PRNGKey(seed)`. @param seed a whole number, 0 to 2^32 - 1 */
export function key(seed: number): Key {
  return tf.tensor1d([0, seed | 0], 'int32');
}

/** `jax.random.split(key, count)`: keys that are independent of each other and of `parent`. */
export function split(parent: Key, count = 2): Key[] {
  const words = hash(parent, 2 * count);
  return Array.from({ length: count }, (_, index) => tf.slice(words, [2 * index], [2]));
}

/** `jax.random.fold_in(key, data)`: the key of one of many purposes or steps. @param data a whole number or an int32 scalar */
export function foldIn(parent: Key, data: number | Scalar): Key {
  const word = typeof data === 'number' ? tf.scalar(data | 0, 'int32') : data;
  return tf.stack(threefry2x32(words(parent), [tf.scalar(0, 'int32'), word])) as Tensor1D;
}

/**
 * `count` random 32-bit words, shape [count], int32. As in JAX (with `jax_threefry_partitionable` off) the counters 0, 1, ... are
 * hashed as two halves, an odd count padded with a zero: another count gives other words, not a prefix.
 */
export function hash(parent: Key, count: number): Tensor1D {
  const half = Math.ceil(count / 2);
  const first = Int32Array.from({ length: half }, (_, index) => index);
  const second = first.map((index) => (index + half < count ? index + half : 0));
  const halves = threefry2x32(words(parent), [tf.tensor1d(first, 'int32'), tf.tensor1d(second, 'int32')]);
  const all = tf.concat(halves) as Tensor1D;
  return count === 2 * half ? all : tf.slice(all, [0], [count]);
}

function words(parent: Key): [Tensor, Tensor] {
  return [tf.reshape(tf.slice(parent, [0], [1]), []), tf.reshape(tf.slice(parent, [1], [1]), [])];
}
