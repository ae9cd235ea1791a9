import '../../native-environment.js';
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Rank, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import { fc } from '../../fast-check.js';
import { compileLoopToC } from '../../../src/compiler/c/compile.js';
import { eagerLoop, type LoopBody, type LoopShapes } from '../../../src/compiler/loop.js';
import { operation } from '../../../src/compiler/native/backend.js';
import { tf } from '../../../src/compiler/native/tensorflow.js';
import { assertClose, evaluateWithBoth } from './both-engines.js';

/** Sizes below one vector, multiples of a vector, and sizes with a remainder. */
const SIZES = [1, 3, 4, 7, 16, 20, 33, 64, 70];
const SEED = 20261124;

describe('the C engine', () => {
  it('reads the old value of a state even after the new one is computed', () => {
    const body: LoopBody = {
      keys: () => [],
      draw: () => [],
      step: ([x = tf.zeros([20])]) => ({
        state: [tf.sub(x, tf.mul(tf.mul(x, 2), 0.1))],
        metrics: tf.reshape<Rank.R1>(tf.sum(tf.square(x)), [1]),
      }),
    };
    const shapes = { state: [{ dtype: 'float32', shape: [20] }], inputs: [] } as const;
    const start = [tf.range(0, 20)];
    const c = compileLoopToC(body, shapes, 3).run(start, [], 1, 3);
    const eager = eagerLoop(body, 3).run(start, [], 1, 3);
    assertClose(c.metrics, eager.metrics, 1e-6);
  });

  it('keeps a loop whose rows are shorter than a vector and whose results are slices of one tensor', () => {
    // GCC 12 mistook such a loop for a function without side effects and removed its call.
    const x = tf.randomNormal<Rank.R2>([10, 12], 0, 1, 'float32', 1);
    const y = tf.randomNormal<Rank.R2>([10, 6], 0, 1, 'float32', 2);
    const { c, eager } = evaluateWithBoth(
      ([wide = x, narrow = y]) => {
        const left = tf.slice(wide, [0, 0], [10, 6]);
        const right = tf.slice(wide, [0, 6], [10, 6]);
        const sum = tf.sum(tf.square(tf.sub(tf.add(tf.mul(narrow, 2), right), left)));
        return tf.concat([tf.reshape(tf.mul(narrow, left), [60]), tf.reshape(sum, [1])]);
      },
      [x, y],
    );
    assertClose(c, eager, 1e-5);
  });

  it('multiplies matrices of any size, transposed or not, like TensorFlow', () => {
    const size = fc.constantFrom(...SIZES);
    fc.assert(
      fc.property(size, size, size, fc.boolean(), fc.boolean(), (m, k, n, flipLeft, flipRight) => {
        const left = tf.randomNormal<Rank.R2>(flipLeft ? [k, m] : [m, k], 0, 1, 'float32', 1);
        const right = tf.randomNormal<Rank.R2>(flipRight ? [n, k] : [k, n], 0, 1, 'float32', 2);
        const product = ([a, b]: readonly Tensor[]) =>
          tf.matMul(a as Tensor2D, b as Tensor2D, flipLeft, flipRight);
        const { c, eager } = evaluateWithBoth(product, [left, right]);
        assertClose(c, eager, 1e-5);
      }),
      { numRuns: 12, seed: SEED },
    );
  });

  it('multiplies reversed matrices, whose strides are negative', () => {
    const x = tf.randomNormal<Rank.R2>([100, 100], 0, 1, 'float32', 1);
    const product = ([a, b]: readonly Tensor[]) =>
      tf.matMul(tf.reverse(a as Tensor2D, [0, 1]), tf.reverse(b as Tensor2D, [0]));
    const { c, eager } = evaluateWithBoth(product, [x, x]);
    assertClose(c, eager, 1e-5);
  });

  it('sums all elements, rows and columns of matrices of any size', () => {
    const size = fc.constantFrom(...SIZES);
    fc.assert(
      fc.property(size, size, fc.constantFrom<number[]>([0], [1], [0, 1]), (m, n, axes) => {
        const x = tf.randomNormal([m, n], 0, 1, 'float32', 3);
        const { c, eager } = evaluateWithBoth(([input]) => tf.sum(input as Tensor, axes), [x]);
        assertClose(c, eager, 1e-5);
      }),
      { numRuns: 10, seed: SEED },
    );
  });

  it('computes exp, log, sigmoid, roots and powers to rounding, also for subnormal, infinite and NaN arguments', () => {
    const x = tf.tensor1d([
      ...[
        0,
        -0,
        1,
        -1,
        1e-45,
        1e-40,
        1.17549435e-38,
        3.4e38,
        Infinity,
        -Infinity,
        NaN,
        88.7,
        88.8,
        89,
        -87.4,
        -103.9,
      ],
      ...Array.from({ length: 2000 }, (_, index) => (index - 1000) * 0.0871),
      ...Array.from({ length: 200 }, (_, index) => 10 ** ((index - 100) / 3)),
    ]);
    const values = [...x.dataSync()];
    const functions: Record<string, [(x: Tensor) => Tensor, (x: number) => number]> = {
      exp: [tf.exp, Math.exp],
      log: [tf.log, Math.log],
      sqrt: [tf.sqrt, Math.sqrt],
      sigmoid: [tf.sigmoid, (value) => 1 / (1 + Math.exp(-value))],
      pow: [(value) => tf.pow(tf.scalar(0.999), value), (value) => Math.fround(0.999) ** value],
    };
    for (const [name, [fn, exact]] of Object.entries(functions)) {
      const { c } = evaluateWithBoth(([input]) => fn(input as Tensor), [x]);
      c.forEach((value, index) => {
        const wanted = Math.fround(exact(values[index] ?? NaN));
        const spacing = Math.max(2 ** -149, Math.abs(wanted) * 2 ** -22);
        assert.ok(
          Object.is(value, wanted) || value === wanted || Math.abs(value - wanted) <= spacing,
          `${name}(${String(values[index])}): expected ${String(wanted)}, got ${String(value)}`,
        );
      });
    }
  });

  it('propagates NaN through comparisons, maxima and ReLUs like TensorFlow', () => {
    const a = tf.tensor1d([1, NaN, 2, NaN, -3, 0, Infinity]);
    const b = tf.tensor1d([NaN, 1, 1, NaN, 5, 0, -Infinity]);
    const functions: ((x: Tensor, y: Tensor) => Tensor)[] = [
      tf.maximum,
      tf.minimum,
      (x) => tf.relu(x),
      (x, y) => tf.where(tf.less(x, y), x, y),
      (x, y) => tf.where(tf.logicalNot(tf.greaterEqual(x, y)), x, y),
      (x, y) => tf.cast(tf.equal(x, y), 'float32'),
      (x, y) => operation('ReluGrad', [x, y], { T: 'float32' }),
    ];
    for (const fn of functions) {
      const { c, eager } = evaluateWithBoth(([x, y]) => fn(x as Tensor, y as Tensor), [a, b]);
      assert.deepEqual([...c], [...eager]);
    }
  });

  it('broadcasts, slices, stacks, transposes and concatenates', () => {
    const x = tf.randomNormal<Rank.R2>([5, 20], 0, 1, 'float32', 4);
    const row = tf.randomNormal<Rank.R1>([20], 0, 1, 'float32', 5);
    const functions: ((x: Tensor2D, row: Tensor1D) => Tensor)[] = [
      (a, b) => tf.add(a, b),
      (a) => tf.mul(a, tf.sum(a, 1, true)),
      (a) => tf.mul(tf.slice(a, [1, 3], [2, 9]), 2),
      (a) => tf.add(tf.transpose(a), 1),
      (a, b) => tf.concat([a, b.as2D(1, 20), tf.zeros([2, 20])], 0),
      (a) => tf.square(tf.concat([a, tf.mul(a, 2)], 1)),
      (_, b) => tf.stack([b, tf.neg(b)], 1),
      (a) => tf.reshape(tf.transpose(a), [10, 10]),
    ];
    for (const [index, fn] of functions.entries()) {
      const { c, eager } = evaluateWithBoth(([a, b]) => fn(a as Tensor2D, b as Tensor1D), [x, row]);
      assert.equal(c.length, eager.length, `function ${String(index)}`);
      assertClose(c, eager, 1e-6);
    }
  });

  it('passes the state from step to step like the eager loop, whichever operations read it', () => {
    const vector = { dtype: 'float32', shape: [40] } as const;
    const shapes: LoopShapes = { state: [vector, vector], inputs: [] };
    const body: LoopBody = {
      keys: () => [],
      draw: () => [],
      step: ([a, b], _inputs, _drawn, step) => ({
        state: [tf.add(b as Tensor, step.toFloat()), tf.mul(tf.reverse(a as Tensor1D), 0.5).add(0)],
        metrics: tf.stack([tf.sum(a as Tensor), tf.sum(b as Tensor)]) as Tensor1D,
      }),
    };
    const swapping: LoopBody = {
      ...body,
      step: ([a, b], _inputs, _drawn, step) => ({
        state: [tf.add(b as Tensor, step.toFloat()), tf.mul(a as Tensor, tf.sum(b as Tensor))],
        metrics: tf.stack([tf.sum(a as Tensor), tf.sum(b as Tensor)]) as Tensor1D,
      }),
    };
    const start = [tf.linspace(0.5, 1, 40), tf.linspace(0, 0.1, 40)];
    for (const loop of [body, swapping]) {
      const c = compileLoopToC(loop, shapes, 7).run(start, [], 3, 5);
      const eager = eagerLoop(loop, 7).run(start, [], 3, 5);
      assertClose(c.metrics, eager.metrics, 1e-5);
    }
  });

  it('gives the same bits on a CPU without 512-bit vectors', () => {
    const x = tf.randomNormal<Rank.R2>([37, 23], 0, 1, 'float32', 6);
    const y = tf.randomNormal<Rank.R2>([23, 41], 0, 1, 'float32', 7);
    const fn = ([a, b]: readonly Tensor[]) => {
      const product = tf.matMul(a as Tensor2D, b as Tensor2D);
      return tf.concat([
        tf.exp(product).flatten(),
        tf.log(tf.square(product)).sum(0),
        tf.sum(tf.sigmoid(product)).as1D(),
      ]);
    };
    const native = evaluateWithBoth(fn, [x, y]).c;
    for (const cpu of ['x86-64-v3', 'x86-64']) {
      withCompiler(`exec g++ "$@" -march=${cpu}`, () => {
        assert.deepEqual([...evaluateWithBoth(fn, [x, y]).c], [...native], cpu);
      });
    }
  });

  it('explains what to do if the compiler is missing or fails', () => {
    const x = tf.randomNormal([3], 0, 1, 'float32', 8);
    const compile = () => evaluateWithBoth(([a]) => tf.mul(a as Tensor, 3.25), [x]);
    withCompiler(`case "$1" in -dump*) echo 12;; *) echo no space >&2; exit 1;; esac`, () => {
      assert.throws(compile, /failed: no space[^]*sudo apt-get install g\+\+[^]*the engine xla/);
    });
    withEnvironment('/no/such/compiler', () => {
      assert.throws(compile, /The C\+\+ compiler \/no\/such\/compiler failed/);
    });
  });
});

/** Calls `fn` with a shell script as the compiler. */
function withCompiler(script: string, fn: () => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'vae-sweep-compiler-'));
  try {
    const path = join(folder, 'compiler');
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    withEnvironment(path, fn);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function withEnvironment(compiler: string, fn: () => void): void {
  const before = process.env['CXX'];
  process.env['CXX'] = compiler;
  try {
    fn();
  } finally {
    if (before === undefined) delete process.env['CXX'];
    else process.env['CXX'] = before;
  }
}
