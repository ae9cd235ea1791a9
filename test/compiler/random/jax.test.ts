import '../../native-environment.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Tensor } from '@tensorflow/tfjs-node';
import { tf } from '../../../src/compiler/native/tensorflow.js';
import { normal, truncatedNormal, uniform } from '../../../src/compiler/random/distributions.js';
import { foldIn, hash, key, split, type Key } from '../../../src/compiler/random/keys.js';
import { readFixture } from '../../fixture.js';

type Words = [number, number];
interface Draw {
  readonly key: Words;
  readonly shape: number[];
  readonly head: number[];
  readonly tail: number[];
}
interface Fixture {
  readonly keys: { seed: number; key: Words }[];
  readonly split: { key: Words; count: number; keys: Words[] }[];
  readonly foldIn: { key: Words; data: number; result: Words }[];
  readonly bits: Draw[];
  readonly uniform: (Draw & { minval: number; maxval: number })[];
  readonly normal: Draw[];
  readonly truncatedNormal: (Draw & { lower: number; upper: number })[];
}
const jax = readFixture('jax/random.json') as Fixture;

/** JAX and TensorFlow evaluate erfinv with different polynomials, each accurate to a few units in the last place. */
const ERFINV_TOLERANCE = 4e-6;
/** At 2.9, a unit in the last place of the uniform number changes the normal number by 5e-6; both libraries also round erf(3 / sqrt 2). */
const TAIL_TOLERANCE = 2e-5;

describe('random numbers match jax.random', () => {
  it('creates the same keys', () => {
    for (const { seed, key: expected } of jax.keys) assert.deepEqual(unsigned(key(seed)), expected);
  });
  it('splits keys in the same way', () => {
    for (const { key: words, count, keys } of jax.split) {
      assert.deepEqual(split(keyOf(words), count).map(unsigned), keys);
    }
  });
  it('folds data into keys in the same way', () => {
    for (const { key: words, data, result } of jax.foldIn) {
      assert.deepEqual(unsigned(foldIn(keyOf(words), data)), result);
    }
  });
  it('hashes to the same bits, also for odd counts', () => {
    for (const draw of jax.bits) assertSame(unsigned(hash(keyOf(draw.key), size(draw))), draw, 0);
  });
  it('draws the same uniform numbers', () => {
    for (const draw of jax.uniform) {
      const values = uniform(keyOf(draw.key), draw.shape, draw.minval, draw.maxval);
      assertSame(values.dataSync(), draw, 1e-6 * (draw.maxval - draw.minval));
    }
  });
  it('draws the same normal numbers', () => {
    for (const draw of jax.normal) {
      assertSame(normal(keyOf(draw.key), draw.shape).dataSync(), draw, ERFINV_TOLERANCE);
    }
  });
  it('draws the same truncated normal numbers', () => {
    for (const draw of jax.truncatedNormal) {
      const values = truncatedNormal(keyOf(draw.key), draw.lower, draw.upper, draw.shape);
      assertSame(values.dataSync(), draw, TAIL_TOLERANCE);
    }
  });
});

function keyOf(words: Words): Key {
  return tf.tensor1d(Int32Array.from(words), 'int32');
}

function unsigned(tensor: Tensor): number[] {
  return [...Uint32Array.from(tensor.dataSync())];
}

function size({ shape }: Draw): number {
  return shape.reduce((product, length) => product * length, 1);
}

function assertSame(values: ArrayLike<number>, draw: Draw, tolerance: number): void {
  assert.equal(values.length, size(draw));
  const { head, tail } = draw;
  assertClose(Array.from(values).slice(0, head.length), head, tolerance);
  assertClose(Array.from(values).slice(values.length - tail.length), tail, tolerance);
}

function assertClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expected.forEach((value, index) => {
    const got = actual[index] ?? NaN;
    const bound = tolerance * Math.max(1, Math.abs(value)) + (tolerance > 0 ? 1e-9 : 0);
    assert.ok(
      Math.abs(got - value) <= bound,
      `number ${String(index)}: expected JAX's ${String(value)}, got ${String(got)}`,
    );
  });
}

describe('a tensor of many keys', () => {
  it('gives the same bits as each key alone, for odd and even counts', () => {
    const parent = key(69);
    const steps = [1, 2, 150_000];
    const rows = foldIn(parent, tf.tensor1d(steps, 'int32'));
    for (const count of [5, 6]) {
      const together = normal(rows, [count]).arraySync();
      const alone = steps.map((step) => normal(foldIn(parent, step), [count]).arraySync());
      assert.deepEqual(together, alone);
    }
  });
});
