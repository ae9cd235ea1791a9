import type { Tensor } from '@tensorflow/tfjs-node';
import { tf } from '../native/tensorflow.js';
import { isRecording } from '../record.js';
import { hash, hashNow, type Key, type Keys } from './keys.js';
import { shiftRightLogical } from './threefry.js';

/** The smallest float32 above -1: JAX draws normals from a uniform on [this, 1). */
const ABOVE_MINUS_ONE = -(1 - 2 ** -24);
const MANTISSA_BITS = 23;

/**
 * Draws uniform numbers, the same as `jax.random.uniform(key, shape, float32, minimum, maximum)`.
 * @param key one key, or many keys [n, 2]
 * @param shape shape of the numbers of each key
 * @param minimum lower bound, included
 * @param maximum upper bound, excluded
 * @returns float32 numbers in [minimum, maximum), of the given shape; for many keys [n, ...shape]
 * @example
 * ```js
 * import { key, uniform } from 'vae-sweep/compiler';
 *
 * uniform(key(0), [2, 3], -1, 1).print();
 * ```
 */
export function uniform(key: Key | Keys, shape: readonly number[], minimum = 0, maximum = 1): Tensor {
  if (!isRecording()) return drawNow(key, shape, (words) => scaledNow(words, minimum, maximum));
  return scaledUniform(key, shape, tf.scalar(minimum), tf.scalar(maximum));
}

/**
 * Draws standard normal numbers, the same as `jax.random.normal(key, shape)` to rounding: sqrt(2) * erfinv of a uniform on (-1, 1).
 * @param key one key, or many keys [n, 2]
 * @param shape shape of the numbers of each key
 * @returns float32 numbers of the given shape; for many keys [n, ...shape]
 * @example
 * ```js
 * import { key, normal } from 'vae-sweep/compiler';
 *
 * normal(key(0), [2, 3]).print();
 * ```
 */
export function normal(key: Key | Keys, shape: readonly number[]): Tensor {
  if (!isRecording())
    return drawNow(key, shape, (words) => timesRootTwo(inverseErfNow(scaledNow(words, ABOVE_MINUS_ONE, 1))));
  return tf.tidy(() => tf.mul(inverseErf(uniform(key, shape, ABOVE_MINUS_ONE, 1)), Math.SQRT2));
}

/**
 * Draws standard normal numbers between the bounds, the same as `jax.random.truncated_normal(key, lower, upper, shape)` to rounding.
 * The numbers are not scaled to unit variance.
 * @param key the key to draw with
 * @param lower lower bound; not 0
 * @param upper upper bound; not 0
 * @param shape shape of the numbers
 * @returns float32 numbers of the given shape
 * @example
 * ```js
 * import { key, truncatedNormal } from 'vae-sweep/compiler';
 *
 * truncatedNormal(key(0), -2, 2, [5]).print();
 * ```
 */
export function truncatedNormal(key: Key, lower: number, upper: number, shape: readonly number[]): Tensor {
  const lowest = nextFloat32(lower, 1);
  const highest = nextFloat32(upper, -1);
  if (!isRecording())
    return drawNow(key, shape, (words) =>
      timesRootTwo(inverseErfNow(scaledNow(words, erfOfBound(lower), erfOfBound(upper)))).map((value) =>
        Math.min(Math.max(value, lowest), highest),
      ),
    );
  const bound = (value: number) => tf.erf(tf.scalar(value / Math.SQRT2));
  const draw = tf.mul(inverseErf(scaledUniform(key, shape, bound(lower), bound(upper))), Math.SQRT2);
  return tf.clipByValue(draw, lowest, highest);
}

function scaledUniform(key: Key | Keys, shape: readonly number[], minimum: Tensor, maximum: Tensor): Tensor {
  const mantissa = tf.cast(shiftRightLogical(hash(key, sizeOf(shape)), 32 - MANTISSA_BITS), 'float32');
  const unit = tf.mul(mantissa, 2 ** -MANTISSA_BITS);
  const scaled = tf.maximum(minimum, tf.add(tf.mul(unit, tf.sub(maximum, minimum)), minimum));
  return tf.reshape(scaled, shapeFor(key, shape));
}

/** Draws outside of loops, where plain numbers are many times faster than tensors. They have the same rounding. */
function drawNow(
  key: Key | Keys,
  shape: readonly number[],
  draw: (words: Int32Array) => Float32Array,
): Tensor {
  return tf.tensor(draw(hashNow(key, sizeOf(shape))), shapeFor(key, shape), 'float32');
}

function shapeFor(key: Key | Keys, shape: readonly number[]): number[] {
  return key.rank === 1 ? [...shape] : [key.shape[0], ...shape];
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function scaledNow(words: Int32Array, minimum: number, maximum: number): Float32Array {
  const { fround } = Math;
  const lowest = fround(minimum);
  const range = fround(fround(maximum) - lowest);
  const scaled = new Float32Array(words.length);
  for (let index = 0; index < scaled.length; index++) {
    const unit = ((words[index] ?? NaN) >>> (32 - MANTISSA_BITS)) * 2 ** -MANTISSA_BITS;
    scaled[index] = Math.max(lowest, fround(fround(unit * range) + lowest));
  }
  return scaled;
}

function timesRootTwo(values: Float32Array): Float32Array {
  return values.map((value) => value * Math.fround(Math.SQRT2));
}

/** Returns erf(bound / sqrt 2), which TensorFlow computes once for each bound. */
function erfOfBound(bound: number): number {
  const known = knownBounds.get(bound);
  if (known !== undefined) return known;
  const [erf = NaN] = tf.tidy(() => tf.erf(tf.scalar(bound / Math.SQRT2)).dataSync<'float32'>());
  knownBounds.set(bound, erf);
  return erf;
}

const knownBounds = new Map<number, number>();

/** Returns the next float32 above (1) or below (-1) a nonzero `value`. */
function nextFloat32(value: number, direction: 1 | -1): number {
  const float = Float32Array.of(value);
  const bits = new Int32Array(float.buffer);
  bits[0] = (bits[0] ?? 0) + (value > 0 ? direction : -direction);
  return float[0] ?? value;
}

/**
 * The inverse error function in single precision (Giles 2010, "Approximating the erfinv function", with the coefficients of XLA). It
 * uses w = -log((1 - x)(1 + x)). XLA computes log1p(-x^2), which costs more and differs by rounding.
 */
function inverseErf(x: Tensor): Tensor {
  const w = tf.neg(tf.log(tf.mul(tf.sub(1, x), tf.add(1, x))));
  const isCentral = tf.less(w, CENTRAL_BELOW);
  const t = tf.where(isCentral, tf.sub(w, 2.5), tf.sub(tf.sqrt(w), 3));
  const coefficient = ([central, tail]: readonly [number, number]) =>
    tf.where(isCentral, tf.fill(w.shape, central), tf.fill(w.shape, tail));
  const [first, ...others] = COEFFICIENTS;
  const polynomial = others.reduce(
    (sum, next) => tf.tidy(() => tf.add(coefficient(next), tf.mul(sum, t))),
    coefficient(first),
  );
  return tf.mul(polynomial, x);
}

/** Computes `inverseErf` in plain numbers with the same rounding, except for the logarithm, which TensorFlow computes. */
function inverseErfNow(values: Float32Array): Float32Array {
  const { fround } = Math;
  const products = values.map((value) => fround(1 - value) * fround(1 + value));
  const logarithms = logarithmsOf(products);
  const result = new Float32Array(values.length);
  for (let index = 0; index < result.length; index++) {
    const w = -(logarithms[index] ?? NaN);
    const isCentral = w < CENTRAL_BELOW;
    const t = fround(isCentral ? w - 2.5 : fround(Math.sqrt(w)) - 3);
    const coefficients = isCentral ? CENTRAL_COEFFICIENTS : TAIL_COEFFICIENTS;
    let sum = 0;
    for (let term = 0; term < coefficients.length; term++)
      sum = fround((coefficients[term] ?? NaN) + fround(sum * t));
    result[index] = sum * (values[index] ?? NaN);
  }
  return result;
}

function logarithmsOf(values: Float32Array): Float32Array {
  const tensor = tf.tensor1d(values);
  const logarithms = tf.log(tensor);
  // Values that `tidy` returned would be searched for tensors, one by one.
  const result = logarithms.dataSync<'float32'>();
  tf.dispose([tensor, logarithms]);
  return result;
}

const CENTRAL_BELOW = 5;
/** Coefficients of the polynomials for w < 5 and for the tail, highest power first. */
const COEFFICIENTS = [
  [2.81022636e-8, -0.000200214257],
  [3.43273939e-7, 0.000100950558],
  [-3.5233877e-6, 0.00134934322],
  [-4.39150654e-6, -0.00367342844],
  [0.00021858087, 0.00573950773],
  [-0.00125372503, -0.0076224613],
  [-0.00417768164, 0.00943887047],
  [0.246640727, 1.00167406],
  [1.50140941, 2.83297682],
] as const;

const CENTRAL_COEFFICIENTS = Float32Array.from(COEFFICIENTS, ([central]) => central);
const TAIL_COEFFICIENTS = Float32Array.from(COEFFICIENTS, ([, tail]) => tail);
