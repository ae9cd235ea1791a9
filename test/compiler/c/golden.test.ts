import '../../native-environment.js';
import { describe, it } from 'node:test';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import { gatherRows } from '../../../src/compiler/gather.js';
import { loopSource } from '../../../src/compiler/c/emit-loop.js';
import { PRELUDE } from '../../../src/compiler/c/prelude.js';
import type { LoopBody, LoopShapes } from '../../../src/compiler/loop.js';
import { tf } from '../../../src/compiler/native/tensorflow.js';
import { recordLoop } from '../../../src/compiler/recorded-loop.js';
import { assertGolden } from '../../golden.js';

const vector = (size: number) => ({ dtype: 'float32', shape: [size] }) as const;
const none = { keys: () => [], draw: () => [] };

/** Small loops that show the C generated for elementwise operations, products, sums and draws. */
const loops: Record<string, { body: LoopBody; shapes: LoopShapes }> = {
  'gradient-descent': {
    body: {
      ...none,
      step: ([x]) => {
        const point = x as Tensor1D;
        const gradient = tf.mul(point, 2);
        return { state: [tf.sub(point, tf.mul(gradient, 0.1))], metrics: tf.sum(tf.square(point)).as1D() };
      },
    },
    shapes: { state: [vector(20)], inputs: [] },
  },
  'power-iteration': {
    body: {
      ...none,
      step: ([x], [matrix]) => {
        const product = tf.matMul(matrix as Tensor2D, tf.reshape(x as Tensor1D, [4, 1]));
        const norm = tf.sqrt(tf.sum(tf.square(product)));
        return { state: [tf.reshape(tf.div(product, norm), [4])], metrics: norm.as1D() };
      },
    },
    shapes: { state: [vector(4)], inputs: [{ dtype: 'float32', shape: [4, 4] }] },
  },
  'table-walk': {
    body: {
      keys: ([table], steps) => [gatherRows(table as Tensor, steps)],
      draw: ([rows]) => [tf.mul(rows as Tensor2D, 0.5)],
      step: ([x], _inputs, [row]) => ({
        state: [tf.add(x as Tensor1D, row as Tensor1D)],
        metrics: tf.zeros([1]),
      }),
    },
    shapes: { state: [vector(3)], inputs: [{ dtype: 'float32', shape: [10, 3] }] },
  },
};

describe('the generated C of a small loop matches its golden file', () => {
  for (const [name, { body, shapes }] of Object.entries(loops))
    it(name, () => {
      const { source } = loopSource(recordLoop(body, shapes, 8, 1), shapes, 16, () => ({
        rows: 6,
        vectors: 4,
      }));
      const own = source.slice(PRELUDE.length, source.indexOf('static float *workspace(napi_env'));
      assertGolden(`compiler-${name}.c`, `${own.trim()}\n`);
    });
});
