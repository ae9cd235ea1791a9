import '../../native-environment.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Rank, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import { compileLoopToC } from '../../../src/compiler/c/compile.js';
import { gatherRows } from '../../../src/compiler/gather.js';
import { eagerLoop, type LoopBody } from '../../../src/compiler/loop.js';
import { tf } from '../../../src/compiler/native/tensorflow.js';
import { evaluateInC, evaluateWithBoth } from './both-engines.js';

const ROWS = 6;
/** Both ends and some rows in between, out of order and some of them twice. */
const INDICES = tf.tensor1d([5, 0, 3, 3, 1, 5, 0], 'int32');
/** Rows shorter than a vector, exactly one vector long, and longer than a vector. */
const SHAPES = [[ROWS], [ROWS, 1], [ROWS, 2], [ROWS, 16], [ROWS, 19], [ROWS, 3, 5]];

/** A table of distinct numbers. Read as float32, some of the int32 are NaN or infinite, and a gather must preserve their bits. */
function tableOf(shape: readonly number[], dtype: 'float32' | 'int32'): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Array.from({ length: size }, (_, index) =>
    dtype === 'float32' ? index / 7 - 1 : 0x7f800000 - 3 + index,
  );
  return tf.tensor(values, [...shape], dtype);
}

function gather([table, indices]: readonly Tensor[]): Tensor {
  return gatherRows(table as Tensor, indices as Tensor1D);
}

function atMost(indices: Tensor1D, largest: number): Tensor1D {
  return tf.minimum(indices, tf.scalar(largest, 'int32'));
}

describe('a gather of rows in the C engine', () => {
  for (const dtype of ['float32', 'int32'] as const)
    for (const shape of SHAPES)
      it(`selects the same rows as TensorFlow: ${dtype} [${shape.join(', ')}]`, () => {
        const { c, eager } = evaluateWithBoth(gather, [tableOf(shape, dtype), INDICES]);
        assert.deepEqual(c, eager);
        assert.equal(eager.length, (INDICES.size * tableOf(shape, dtype).size) / ROWS);
      });

  it('selects the nearest row for an index outside of the table, which TensorFlow rejects', () => {
    const outside = tf.tensor1d([-1, ROWS, -(2 ** 31), 2 ** 31 - 1, 2], 'int32');
    const nearest = tf.tensor1d([0, ROWS - 1, 0, ROWS - 1, 2], 'int32');
    for (const dtype of ['float32', 'int32'] as const)
      for (const shape of [[ROWS], [ROWS, 2], [ROWS, 3, 5]]) {
        const table = tableOf(shape, dtype);
        const expected = gather([table, nearest]);
        assert.deepEqual(evaluateInC(gather, [table, outside], expected), expected.dataSync());
        assert.throws(() => gather([table, outside]), /indices\[0\] = -1 is not in \[0, 6\)/);
      }
  });

  it('has the gradient of a product with one-hot rows, also with respect to tables of tables', () => {
    const weights = tf.randomNormal([INDICES.size, 3, 5], 0, 1, 'float32', 1);
    const table = tableOf([ROWS, 3, 5], 'float32');
    const gradient = tf.grad((x) => tf.sum(tf.mul(gatherRows(x, INDICES), weights)))(table);
    const oneHot = tf.oneHot(INDICES, ROWS, 1, 0, 'float32') as Tensor2D;
    const expected = tf.matMul(oneHot, tf.reshape(weights, [INDICES.size, 15]), true);
    const { c, eager } = evaluateWithBoth(
      ([x, indices]) =>
        tf.grad((own) => tf.sum(tf.mul(gatherRows(own, indices as Tensor1D), weights)))(x as Tensor),
      [table, INDICES],
    );
    assert.deepEqual(gradient.shape, table.shape);
    // TensorFlow and the C engine add up the gradients of a row in different orders.
    for (const actual of [c, eager, gradient.dataSync()])
      expected.dataSync().forEach((value, index) => {
        assert.ok(Math.abs((actual[index] ?? NaN) - value) < 1e-6);
      });
  });

  it('reads slices of tables and indices and results of other operations, and can be sliced and concatenated', () => {
    const functions: Record<string, (table: Tensor, indices: Tensor1D) => Tensor> = {
      'the middle rows': (table, indices) => gatherRows(tf.slice(table, [1, 0], [3, 4]), atMost(indices, 2)),
      'the last rows': (table, indices) => gatherRows(tf.slice(table, [2, 0], [4, 4]), atMost(indices, 3)),
      'the middle columns': (table, indices) => gatherRows(tf.slice(table, [0, 1], [ROWS, 2]), indices),
      'the last column': (table, indices) => gatherRows(tf.slice(table, [0, 3], [ROWS, 1]), indices),
      'a transposed table': (table, indices) => gatherRows(tf.transpose(table), atMost(indices, 3)),
      'a row as a table of numbers': (table, indices) =>
        gatherRows(tf.reshape(tf.slice(table, [2, 0], [1, 4]), [4]), atMost(indices, 3)),
      'some of the indices': (table, indices) => gatherRows(table, tf.slice(indices, [2], [3])),
      'every index the same': (table) => gatherRows(table, tf.fill<Rank.R1>([3], ROWS - 1, 'int32')),
      'a table of one number': (_, indices) => gatherRows(tf.fill([ROWS, 4], 2.5), indices),
      'a table made in the loop': (table, indices) =>
        gatherRows(tf.concat([tf.mul(table, 2), table], 1), indices),
      'a slice of what was gathered': (table, indices) =>
        tf.slice(gatherRows(table, indices), [1, 1], [4, 2]),
      'parts of a concatenation': (table, indices) =>
        tf.concat([table, gatherRows(table, indices), gatherRows(table, tf.slice(indices, [3], [2]))], 0),
    };
    for (const [name, fn] of Object.entries(functions)) {
      const { c, eager } = evaluateWithBoth(
        ([table, indices]) => fn(table as Tensor, indices as Tensor1D),
        [tableOf([ROWS, 4], 'float32'), INDICES],
      );
      assert.deepEqual(c, eager, name);
    }
  });

  it('selects rows with a single index and with a matrix of indices', () => {
    for (const shape of [[ROWS], [ROWS, 3], [ROWS, 3, 5]])
      for (const indices of [tf.scalar(4, 'int32'), tf.tensor2d([5, 0, 2, 2, 1, 4], [3, 2], 'int32')]) {
        const { c, eager } = evaluateWithBoth(gather, [tableOf(shape, 'float32'), indices]);
        assert.deepEqual(c, eager, `[${shape.join(', ')}] by [${indices.shape.join(', ')}]`);
      }
  });

  it('reads the state from before the step', () => {
    const shapes = { state: [{ dtype: 'float32', shape: [ROWS, 3] }], inputs: [] } as const;
    const order = tf.tensor1d([1, 2, 3, 4, 5, 0], 'int32');
    const body: LoopBody = {
      keys: () => [],
      draw: () => [],
      step: ([x]) => {
        const next = gatherRows(x as Tensor, order);
        return { state: [next], metrics: tf.reshape(tf.slice(next, [0, 0], [1, 3]), [3]) };
      },
    };
    const start = [tableOf([ROWS, 3], 'float32')];
    const c = compileLoopToC(body, shapes, 4).run(start, [], 1, 4);
    const eager = eagerLoop(body, 4).run(start, [], 1, 4);
    assert.deepEqual(c.metrics, eager.metrics);
    assert.deepEqual(c.state[0]?.arraySync(), eager.state[0]?.arraySync());
  });

  it('rejects batch dimensions, which tfjs records for constant indices', () => {
    const table = tableOf([2, ROWS], 'float32');
    const indices = tf.tensor2d([5, 0, 1, 2], [2, 2], 'int32');
    const gather = ([x]: readonly Tensor[]) => tf.gather(x as Tensor, indices, 1, 1);
    assert.throws(() => evaluateWithBoth(gather, [table]), {
      message:
        'The C engine does not support the TensorFlow operation GatherV2 with batch_dims other than 0. Use the engine xla.',
    });
  });

  it('gathers along any axis', () => {
    const table = tableOf([2, ROWS], 'float32');
    const indices = tf.tensor2d([5, 0, 1, 2], [2, 2], 'int32');
    const { c, eager } = evaluateWithBoth(([x]) => tf.gather(x as Tensor, indices, 1), [table]);
    assert.deepEqual(c, eager);
  });
});
