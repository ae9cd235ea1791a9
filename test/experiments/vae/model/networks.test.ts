import '../../../native-environment.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Tensor2D } from '@tensorflow/tfjs-node';
import { tf } from '../../../../src/compiler/native/tensorflow.js';
import { multilayerPerceptron } from '../../../../src/experiments/vae/model/networks.js';

describe('a multilayer perceptron', () => {
  const network = multilayerPerceptron('decoder', 1, [2, 2], 1);
  const dense = (kernel: number[][], bias: number[]) => ({
    kernel: tf.tensor2d(kernel),
    bias: tf.tensor2d([bias]),
  });
  // x -> (relu(x), relu(-x)) -> (relu(first + second), relu(-1)) -> first of it, doubled
  const parameters = [
    dense([[1, -1]], [0, 0]),
    dense(
      [
        [1, 0],
        [1, 0],
      ],
      [0, -1],
    ),
    dense([[2], [5]], [0]),
  ];
  const x: Tensor2D = tf.tensor2d([[-3], [4]]);

  it('returns the output of its last layer', () => {
    assert.deepEqual(network.apply(parameters, x).arraySync(), [[6], [8]]);
  });

  it('returns the outputs of its hidden layers after the ReLU', () => {
    const hidden = network.hidden(parameters, x).map((outputs) => outputs.arraySync());
    assert.deepEqual(hidden, [
      [
        [0, 3],
        [4, 0],
      ],
      [
        [3, 0],
        [4, 0],
      ],
    ]);
  });
});
