import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import { tf } from '../native/tensorflow.js';
import { isRecording } from '../record.js';
import { threefry2x32 } from './threefry.js';
import { foldInWords, hashWords, type Words } from './words.js';

/** A key of `jax.random`: two unsigned 32-bit words in an int32 tensor [2]. */
export type Key = Tensor1D;

/** Many keys, one per row, int32 [n, 2]. Numbers drawn with them have one row per key. */
export type Keys = Tensor2D;

/**
 * Returns the key of a seed, the same as `jax.random.PRNGKey(seed)`. @param seed a whole number from 0 to 2^32 - 1
 * @example
 * ```js
 * import { key } from 'vae-sweep/compiler';
 *
 * console.log(key(42).dataSync()); // 0, 42
 * ```
 */
export function key(seed: number): Key {
  return tf.tensor1d([0, seed | 0], 'int32');
}

/** Returns a key in plain words as a tensor. */
export function keyOf(words: Words): Key {
  return tf.tensor1d(
    Int32Array.from(words, (word) => word | 0),
    'int32',
  );
}

/**
 * Returns keys that are independent of each other and of `parent`, the same as `jax.random.split(key, count)`.
 * @param parent the key to split
 * @param count number of keys
 * @example
 * ```js
 * import { key, split } from 'vae-sweep/compiler';
 *
 * const [forData, forModel] = split(key(42));
 * console.log(forData.dataSync(), forModel.dataSync());
 * ```
 */
export function split(parent: Key, count = 2): Key[] {
  const words = hash(parent, 2 * count);
  return Array.from({ length: count }, (_, index) => tf.slice(words, [2 * index], [2]) as Key);
}

/**
 * Returns the key for one of many purposes or steps, the same as `jax.random.fold_in(key, data)`.
 * @param parent the key to derive from
 * @param data a whole number or an int32 scalar
 * @example
 * ```js
 * import { foldIn, key } from 'vae-sweep/compiler';
 *
 * const ofStepThree = foldIn(key(42), 3);
 * console.log(ofStepThree.dataSync());
 * ```
 */
export function foldIn(parent: Key, data: number | Scalar): Key;
/**
 * Returns the keys for many purposes or steps, one per row.
 * @param parent the key to derive from
 * @param data whole numbers, int32 [n]
 */
export function foldIn(parent: Key, data: Tensor1D): Keys;
export function foldIn(parent: Key, data: number | Scalar | Tensor1D): Key | Keys {
  if (!isRecording()) return foldInNow(parent, data);
  const word = typeof data === 'number' ? tf.scalar(data | 0, 'int32') : data;
  const high = tf.zerosLike(word);
  return tf.stack(threefry2x32(words(parent), [high, word]), -1) as Key | Keys;
}

/** Computes `foldIn` in plain numbers. */
function foldInNow(parent: Key, data: number | Scalar | Tensor1D): Key | Keys {
  const [first] = keysIn(parent);
  const folded = (typeof data === 'number' ? [data] : [...data.dataSync<'int32'>()]).flatMap((word) =>
    foldInWords(first, word).map((half) => half | 0),
  );
  return typeof data === 'number' || data.rank === 0
    ? tf.tensor1d(folded, 'int32')
    : tf.tensor2d(folded, [folded.length / 2, 2], 'int32');
}

/** Returns the words of one key or of many. */
function keysIn(parent: Key | Keys): [Words, ...Words[]] {
  const numbers = parent.dataSync<'int32'>();
  const keys = Array.from({ length: numbers.length / 2 }, (_, index): Words => [
    numbers[2 * index] ?? 0,
    numbers[2 * index + 1] ?? 0,
  ]);
  return keys as [Words, ...Words[]];
}

/** Returns `count` random 32-bit words per key, int32 [count] or [n, count]: see `hashWords`. */
export function hash(parent: Key | Keys, count: number): Tensor {
  if (!isRecording())
    return tf.tensor(hashNow(parent, count), parent.rank === 1 ? [count] : [parent.shape[0], count], 'int32');
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

/** Returns the words of `hash` as plain numbers, row-major. */
export function hashNow(parent: Key | Keys, count: number): Int32Array {
  const keys = keysIn(parent);
  const words = new Int32Array(keys.length * count);
  for (const [row, key] of keys.entries()) words.set(hashWords(key, count), row * count);
  return words;
}

/** Returns the two words of a key as scalars, or of many keys as columns [n, 1], which are hashed with a row of counters. */
function words(parent: Key | Keys): [Tensor, Tensor] {
  if (parent.rank === 1)
    return [tf.reshape(tf.slice(parent, [0], [1]), []), tf.reshape(tf.slice(parent, [1], [1]), [])];
  const [count] = parent.shape;
  return [tf.slice(parent, [0, 0], [count, 1]), tf.slice(parent, [0, 1], [count, 1])];
}
