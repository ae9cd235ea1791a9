import type { GradSaveFunc, Tensor, Tensor2D } from '@tensorflow/tfjs-node';
import { operation } from '../../../compiler/native/backend.js';
import { tf } from '../../../compiler/native/tensorflow.js';

/** The name and size of a dense layer; its kernel has the shape [inputs, outputs]. */
export interface LayerShape {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

/** The kernel [inputs, outputs] and the bias [1, outputs] of a dense layer; the bias is null if the model has no biases. */
export interface DenseParameters {
  readonly kernel: Tensor2D;
  readonly bias: Tensor2D | null;
}

/** A function from [batch, inputs] to [batch, outputs]. Its parameters are those of its layers, in order. */
export interface Network {
  readonly layers: readonly LayerShape[];
  apply(parameters: readonly DenseParameters[], x: Tensor2D): Tensor2D;
  /** Returns the output of each hidden layer, [batch, width]; an empty array without hidden layers. */
  hidden(parameters: readonly DenseParameters[], x: Tensor2D): Tensor2D[];
}

/** Returns a network of dense layers with a ReLU after each layer except the last. Without hidden widths it is one dense layer. */
export function multilayerPerceptron(
  name: string,
  inputs: number,
  hidden: readonly number[],
  outputs: number,
): Network {
  const widths = [inputs, ...hidden, outputs];
  const layers = hidden.concat(outputs).map((width, index) => ({
    name: `${name}.${index}`,
    inputs: widths[index] ?? inputs,
    outputs: width,
  }));
  const hiddenOutputs = (parameters: readonly DenseParameters[], x: Tensor2D): Tensor2D[] => {
    const all: Tensor2D[] = [];
    for (const layer of parameters.slice(0, -1)) all.push(relu(dense(layer, all.at(-1) ?? x)));
    return all;
  };
  const apply = (parameters: readonly DenseParameters[], x: Tensor2D): Tensor2D => {
    const last = parameters.at(-1);
    if (last === undefined) throw new Error('A network requires the parameters of at least one layer.');
    return dense(last, hiddenOutputs(parameters, x).at(-1) ?? x);
  };
  return { layers, apply, hidden: hiddenOutputs };
}

/** Returns the decoder for sigmoid data: dense(z) + sigma(dense'(z)), with two separate dense layers. */
export function denseWithSigmoid(name: string, inputs: number, outputs: number): Network {
  return {
    layers: [
      { name: `${name}.linear`, inputs, outputs },
      { name: `${name}.sigmoid`, inputs, outputs },
    ],
    apply: ([linear, inner], z) => {
      if (linear === undefined || inner === undefined)
        throw new Error('The decoder requires the parameters of two dense layers.');
      return tf.add(dense(linear, z), tf.sigmoid(dense(inner, z)));
    },
    hidden: () => [],
  };
}

function dense({ kernel, bias }: DenseParameters, x: Tensor2D): Tensor2D {
  const product: Tensor2D = tf.matMul(x, kernel);
  return bias === null ? product : tf.add<Tensor2D>(product, bias);
}

/** Computes max(x, 0). Its gradient is a single TensorFlow operation; the one of tfjs takes a dozen. */
const relu = tf.customGrad<Tensor>((...values) => {
  const [x, save] = values as [Tensor2D, GradSaveFunc];
  const value = tf.relu(x);
  save([value]);
  return {
    value,
    gradFunc: (dy: Tensor, saved: Tensor[]) => operation('ReluGrad', [dy, ...saved], { T: 'float32' }),
  };
}) as unknown as (x: Tensor2D) => Tensor2D;
