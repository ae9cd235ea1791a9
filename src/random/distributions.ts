import type { Tensor } from '@tensorflow/tfjs-node';
import { operation } from '../native/backend.js';
import { tf } from '../native/tensorflow.js';
import { hash, type Key } from './keys.js';
import { shiftRightLogical } from './threefry.js';

/** The smallest float32 above -1: JAX draws normals from a uniform on [this, 1). */
const ABOVE_MINUS_ONE = -(1 - 2 ** -24);
const MANTISSA_BITS = 23;

/** `jax.random.uniform(key, shape, float32, minimum, maximum)`: float32 in [minimum, maximum). */
export function uniform<T extends Tensor>(key: Key, shape: T['shape'], minimum = 0, maximum = 1): T {
  return scaledUniform(key, shape, tf.scalar(minimum), tf.scalar(maximum));
}

/** `jax.random.normal(key, shape)`: standard normal numbers, sqrt(2) * erfinv of a uniform on (-1, 1). */
export function normal<T extends Tensor>(key: Key, shape: T['shape']): T {
  return tf.mul(inverseErf(uniform<T>(key, shape, ABOVE_MINUS_ONE, 1)), Math.SQRT2);
}

/**
 * `jax.random.truncated_normal(key, lower, upper, shape)`: standard normal numbers between the bounds. It is not scaled to unit
 * variance.
 */
export function truncatedNormal<T extends Tensor>(
  key: Key,
  lower: number,
  upper: number,
  shape: T['shape'],
): T {
  const bound = (value: number) => tf.erf(tf.scalar(value / Math.SQRT2));
  const draw = tf.mul(inverseErf(scaledUniform<T>(key, shape, bound(lower), bound(upper))), Math.SQRT2);
  return tf.clipByValue(draw, nextFloat32(lower, 1), nextFloat32(upper, -1)) as T;
}

function scaledUniform<T extends Tensor>(key: Key, shape: T['shape'], minimum: Tensor, maximum: Tensor): T {
  const count = shape.reduce((product, size) => product * size, 1);
  const mantissa = tf.cast(shiftRightLogical(hash(key, count), 32 - MANTISSA_BITS), 'float32');
  const unit = tf.mul(mantissa, 2 ** -MANTISSA_BITS);
  const scaled: Tensor = tf.maximum(minimum, tf.add(tf.mul(unit, tf.sub(maximum, minimum)), minimum));
  return tf.reshape(scaled, shape) as T;
}

/** The float32 next to a nonzero `value`, above it (1) or below it (-1). */
function nextFloat32(value: number, direction: 1 | -1): number {
  const float = Float32Array.of(value);
  const bits = new Int32Array(float.buffer);
  bits[0] = (bits[0] ?? 0) + (value > 0 ? direction : -direction);
  return float[0] ?? value;
}

function inverseErf<T extends Tensor>(x: T): T {
  return operation('Erfinv', [x], { T: 'float32' }) as T;
}
