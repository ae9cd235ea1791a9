import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import { tf } from '../native/tensorflow.js';
import { threefry2x32 } from './threefry.js';
import type { Words } from './words.js';

/** A key of `jax.random`: two unsigned 32-bit words in an int32 tensor of shape [2]. */
export type Key = Tensor1D;

/** Keys, a row each, int32 [n, 2]: what is drawn with them has a row each too. */
export type Keys = Tensor2D;

/** `jax.random.PRNGKey(seed)`. @param seed a whole number, 0 to 2^32 - 1 */
export function key(seed: number): Key {
  return tf.tensor1d([0, seed | 0], 'int32');
}

/** The same key in a tensor. */
export function keyOf(words: Words): Key {
  return tf.tensor1d(
    Int32Array.from(words, (word) => word | 0),
    'int32',
  );
}

/** `jax.random.split(key, count)`: keys that are independent of each other and of `parent`. */
export function split(parent: Key, count = 2): Key[] {
  const words = hash(parent, 2 * count);
  return Array.from({ length: count }, (_, index) => tf.slice(words, [2 * index], [2]) as Key);
}

/**
 * `jax.random.fold_in(key, data)`: the key of one of many purposes or steps.
 * @param data a whole number or an int32 scalar; or int32 [n], which gives a key each
 */
export function foldIn(parent: Key, data: number | Scalar): Key;
export function foldIn(parent: Key, data: Tensor1D): Keys;
export function foldIn(parent: Key, data: number | Scalar | Tensor1D): Key | Keys {
  const word = typeof data === 'number' ? tf.scalar(data | 0, 'int32') : data;
  const high = tf.zerosLike(word);
  return tf.stack(threefry2x32(words(parent), [high, word]), -1) as Key | Keys;
}

/**
 * `count` random 32-bit words of each key, int32, [count] or [n, count]. As in JAX (with `jax_threefry_partitionable` off) the
 * counters 0, 1, ... are hashed as two halves, an odd count padded with a zero: another count gives other words, not a prefix.
 */
export function hash(parent: Key | Keys, count: number): Tensor {
  const half = Math.ceil(count / 2);
  const first = Int32Array.from({ length: half }, (_, index) => index);
  const second = first.map((index) => (index + half < count ? index + half : 0));
  const halves = threefry2x32(words(parent), [tf.tensor1d(first, 'int32'), tf.tensor1d(second, 'int32')]);
  const all = tf.concat(halves, -1);
  if (count === 2 * half) return all;
  return tf.slice(
    all,
    all.shape.map(() => 0),
    [...all.shape.slice(0, -1), count],
  );
}

/** The two words, scalars; of many keys [n, 1] each, to be hashed with a row of counters. */
function words(parent: Key | Keys): [Tensor, Tensor] {
  if (parent.rank === 1)
    return [tf.reshape(tf.slice(parent, [0], [1]), []), tf.reshape(tf.slice(parent, [1], [1]), [])];
  const [count] = parent.shape;
  return [tf.slice(parent, [0, 0], [count, 1]), tf.slice(parent, [0, 1], [count, 1])];
}
