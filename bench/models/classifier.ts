import type { Scalar, Tensor2D } from '@tensorflow/tfjs-node';
import { key, normal, split, tf, type Key } from '../../src/compiler/index.js';
import type { BenchmarkModel } from './model.js';

const EXAMPLES = 4_096;
const [INPUTS, HIDDEN, CLASSES] = [64, 128, 10];

/** A classifier of vectors as long as 8 x 8 images, with two hidden layers of ReLUs and the softmax cross-entropy in nats. */
export const classifier: BenchmarkModel = {
  parameters: {
    'first.kernel': [INPUTS, HIDDEN],
    'first.bias': [HIDDEN],
    'second.kernel': [HIDDEN, HIDDEN],
    'second.bias': [HIDDEN],
    'last.kernel': [HIDDEN, CLASSES],
    'last.bias': [CLASSES],
  },
  examples: EXAMPLES,
  batch: 64,
  noise: 0,
  arrays: ['images', 'labels'],
  dataset: () => {
    const [ofImages, ofTeacher] = split(key(1)) as [Key, Key];
    const images = normal(ofImages, [EXAMPLES, INPUTS]) as Tensor2D;
    const teacher = normal(ofTeacher, [INPUTS, CLASSES]) as Tensor2D;
    return [images, tf.argMax(tf.matMul(images, teacher), 1)];
  },
  loss: (parameters, batch) => {
    const dense = (x: Tensor2D, layer: string): Tensor2D =>
      tf.add(tf.matMul(x, parameters(`${layer}.kernel`) as Tensor2D), parameters(`${layer}.bias`));
    const first = tf.relu(dense(batch('images') as Tensor2D, 'first'));
    const logits = dense(tf.relu(dense(first, 'second')), 'last');
    const targets = tf.oneHot(batch('labels'), CLASSES, 1, 0, 'float32');
    const logLikelihood = tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1);
    return tf.neg<Scalar>(tf.mean(logLikelihood));
  },
};
