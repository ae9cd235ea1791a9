import type { Tensor } from '@tensorflow/tfjs-node';
import { operation } from '../native/backend.js';
import { tf } from '../native/tensorflow.js';

/** Rotation distances of the even and the odd groups of four rounds. */
const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;
const ROUNDS = 20;
const PARITY = 0x1bd11bda;

/**
 * The counter-based hash function Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011),
 * which `jax.random` uses. Unsigned 32-bit words are stored in int32 tensors: sums wrap around, and shifts are masked.
 *
 * @param key two int32 scalars
 * @param block two int32 tensors of the same shape; every position is hashed separately
 * @returns two int32 tensors with the shape of the block
 */
export function threefry2x32(
  key: readonly [Tensor, Tensor],
  block: readonly [Tensor, Tensor],
): [Tensor, Tensor] {
  const schedule = [key[0], key[1], xor(xor(key[0], key[1]), int32(PARITY))] as const;
  let left = add(block[0], schedule[0]);
  let right = add(block[1], schedule[1]);
  for (let group = 0; group * 4 < ROUNDS; group++) {
    for (const distance of ROTATIONS[(group % 2) as 0 | 1])
      [left, right] = replacing(left, right, () => round(left, right, distance));
    [left, right] = replacing(left, right, () => [
      add(left, schedule[((group + 1) % 3) as 0 | 1 | 2]),
      add(right, add(schedule[((group + 2) % 3) as 0 | 1 | 2], int32(group + 1))),
    ]);
  }
  return [left, right];
}

function round(left: Tensor, right: Tensor, distance: number): [Tensor, Tensor] {
  const sum = add(left, right);
  return [sum, xor(rotateLeft(right, distance), sum)];
}

/**
 * Disposes the intermediate tensors of `compute` and the two tensors that its result replaces. Each is as large as the drawn numbers,
 * so keeping those of 20 rounds would take a lot of memory.
 */
function replacing(left: Tensor, right: Tensor, compute: () => [Tensor, Tensor]): [Tensor, Tensor] {
  const result = tf.tidy(compute);
  tf.dispose([left, right]);
  return result;
}

/** Shifts right by 1 to 31 bits and fills with zeros. TensorFlow's own shift of an int32 repeats the sign. */
export function shiftRightLogical(word: Tensor, distance: number): Tensor {
  return bitwise('BitwiseAnd', bitwise('RightShift', word, int32(distance)), int32(2 ** (32 - distance) - 1));
}

function rotateLeft(word: Tensor, distance: number): Tensor {
  return bitwise(
    'BitwiseOr',
    bitwise('LeftShift', word, int32(distance)),
    shiftRightLogical(word, 32 - distance),
  );
}

function add(a: Tensor, b: Tensor): Tensor {
  return tf.add(a, b);
}

function xor(a: Tensor, b: Tensor): Tensor {
  return bitwise('BitwiseXor', a, b);
}

function bitwise(name: string, a: Tensor, b: Tensor): Tensor {
  return operation(name, [a, b], { T: 'int32' });
}

function int32(value: number): Tensor {
  return tf.scalar(value | 0, 'int32');
}
