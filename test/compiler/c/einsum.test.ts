import '../../native-environment.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Tensor } from '@tensorflow/tfjs-node';
import { tf } from '../../../src/compiler/native/tensorflow.js';
import { assertClose, evaluateWithBoth } from './both-engines.js';

const SIZES: Readonly<Record<string, number>> = { a: 2, b: 3, c: 4, d: 5 };

function einsum(equation: string) {
  const operands = equation.split('->')[0]?.split(',') ?? [];
  const tensors = operands.map((axes, seed) =>
    tf.randomNormal(
      Array.from(axes, (axis) => SIZES[axis] ?? 1),
      0,
      1,
      'float32',
      seed + 1,
    ),
  );
  return evaluateWithBoth((inputs) => tf.einsum(equation, ...(inputs as Tensor[])), tensors);
}

describe('an einsum in the C engine', () => {
  for (const equation of [
    ...['abc,cd->abd', 'abc,bcd->ad', 'abc,abd->cd', 'abcd,cb->dab', 'ab,cd->abcd', 'abc,abc->', 'abc,b->c'],
    ...['ab,ab->ba', 'abc->ca', 'abc->'],
  ])
    it(`computes ${equation} like TensorFlow`, () => {
      const { c, eager } = einsum(equation);
      // Both round the sums of at most 24 products of numbers around 1, in different orders.
      assertClose(c, eager, 1e-5);
    });

  it('rejects an axis that a tensor has twice', () => {
    assert.throws(() => einsum('aa->a'), {
      message:
        'The C engine does not support the TensorFlow operation Einsum with the equation aa->a. Use the engine xla.',
    });
  });
});
