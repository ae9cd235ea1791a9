import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import {
  foldIn,
  gatherRows,
  key,
  normal,
  split,
  tf,
  type Key,
  type Keys,
  type LoopBody,
} from '../../src/compiler/index.js';
import { classifier } from './classifier.js';
import { imageVae } from './image-vae.js';
import type { BenchmarkModel, Tensors } from './model.js';
import { transformer } from './transformer.js';

export const MODELS = { classifier, 'image-vae': imageVae, transformer } as const satisfies Record<
  string,
  BenchmarkModel
>;

/** Number of steps whose losses are compared between the programs. */
export const CHECK_STEPS = 10;

const [RATE, BETA1, BETA2, EPSILON] = [1e-3, 0.9, 0.999, 1e-8];

/** Returns the parameters at the start: kernels with the variance of Glorot and Bengio (2010), and tables with a variance of 0.02^2. */
export function startParameters({ parameters }: BenchmarkModel): Record<string, Tensor> {
  const entries = Object.entries(parameters);
  const keys = split(key(0), entries.length);
  return Object.fromEntries(
    entries.map(([name, shape], index) => {
      if (shape.length === 1) return [name, tf.fill([...shape], name.endsWith('scale') ? 1 : 0)];
      const area = shape.slice(0, -2).reduce((product, size) => product * size, 1);
      const [inputs = 1, outputs = 1] = shape.slice(-2);
      const deviation = name.startsWith('embedding') ? 0.02 : Math.sqrt(2 / (area * (inputs + outputs)));
      return [name, tf.mul(normal(keys[index] as Key, shape), deviation)];
    }),
  );
}

/** Returns the noise of the steps whose losses are compared, [steps, batch, noise]. */
export function checkNoise({ batch, noise }: BenchmarkModel): Tensor {
  return noise === 0 ? tf.zeros([CHECK_STEPS, batch, 0]) : normal(key(5), [CHECK_STEPS, batch, noise]);
}

/**
 * Returns the rows of the data set that some steps take, int32 [steps, batch]: example i of step s is row 97 (s batch + i) modulo the
 * number of examples, a power of two, so that each example is seen once per epoch.
 */
export function rowsOf({ batch, examples }: BenchmarkModel, firstStep: number, steps: number): Tensor2D {
  const rows = Int32Array.from(
    { length: steps * batch },
    (_, index) => (97 * (firstStep * batch + index)) % examples,
  );
  return tf.tensor2d(rows, [steps, batch], 'int32');
}

/**
 * Returns the training loop of a model with Adam. The state is the parameters, then both moments of each. The inputs are the arrays of
 * the data set, the rows of the data set that each step of the call takes [steps, batch], the number of the first step, and the source
 * of the noise.
 * @param noise whether the loop draws the noise with a key, or takes it from a table [steps, batch, noise] to be compared with the peers
 */
export function trainingLoop(model: BenchmarkModel, noise: 'drawn' | 'given'): LoopBody {
  const { batch, noise: width } = model;
  const names = Object.keys(model.parameters);
  const noiseOf = (source: Tensor, steps: Tensor1D, indices: Tensor1D) =>
    noise === 'drawn' ? foldIn(source as Key, steps) : gatherRows(source, indices);
  return {
    keys: (inputs, steps) => {
      const [order, first, source] = inputs.slice(-3) as [Tensor2D, Scalar, Tensor];
      const indices: Tensor1D = tf.sub(steps, first);
      return [gatherRows(order, indices), ...(width === 0 ? [] : [noiseOf(source, steps, indices)])];
    },
    draw: ([rows, source]) => {
      const isDrawn = source !== undefined && noise === 'drawn';
      const drawn = isDrawn ? normal(source as Keys, [batch, width]) : source;
      return [rows as Tensor, ...(drawn === undefined ? [] : [drawn])];
    },
    step: (state, inputs, [rows, drawn], step) => {
      const examples = batchOf(model, inputs, rows as Tensor1D);
      const loss = (...parameters: Tensor[]) =>
        model.loss(
          (name) => parameters[names.indexOf(name)] as Tensor,
          examples,
          drawn ?? tf.zeros([batch, 0]),
        );
      const { value, grads } = tf.valueAndGrads(loss)(state.slice(0, names.length));
      return { state: adam(state, grads, tf.cast(step, 'float32')), metrics: tf.reshape(value, [1]) };
    },
  };
}

function batchOf(model: BenchmarkModel, inputs: readonly Tensor[], rows: Tensor1D): Tensors {
  const batch = model.arrays.map((_, index) => gatherRows(inputs[index] as Tensor, rows));
  return (name) => batch[model.arrays.indexOf(name)] as Tensor;
}

/** Performs one update of Adam (Kingma and Ba 2015, Algorithm 1). @param step t, which is 1 in the first update */
function adam(state: readonly Tensor[], gradients: readonly Tensor[], step: Scalar): Tensor[] {
  const count = gradients.length;
  const firstScale = tf.div(RATE, tf.sub(1, tf.pow(BETA1, step)));
  const secondScale = tf.div(1, tf.sub(1, tf.pow(BETA2, step)));
  const blend = (moment: Tensor, now: Tensor, beta: number) =>
    tf.add(tf.mul(moment, beta), tf.mul(now, 1 - beta));
  const first = gradients.map((gradient, index) => blend(state[count + index] as Tensor, gradient, BETA1));
  const second = gradients.map((gradient, index) =>
    blend(state[2 * count + index] as Tensor, tf.square(gradient), BETA2),
  );
  const parameters = gradients.map((_, index) => {
    const [moment, squares] = [first[index] as Tensor, second[index] as Tensor];
    const denominator = tf.add(tf.sqrt(tf.mul(squares, secondScale)), EPSILON);
    return tf.sub(state[index] as Tensor, tf.div(tf.mul(moment, firstScale), denominator));
  });
  return [...parameters, ...first, ...second];
}
