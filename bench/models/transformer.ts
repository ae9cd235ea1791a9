import type { Rank, Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import { gatherRows, key, tf, uniform } from '../../src/compiler/index.js';
import type { BenchmarkModel } from './model.js';

const EXAMPLES = 2_048;
const [VOCABULARY, LENGTH, BATCH] = [64, 32, 16];
const [WIDTH, HEADS, HIDDEN] = [64, 4, 256];
const TOKENS = BATCH * LENGTH;
const HEAD_WIDTH = WIDTH / HEADS;
const EPSILON = 1e-5;

/**
 * A language model of one transformer block: embeddings of tokens and positions, causal attention with four heads and a layer of GELUs,
 * each after a layer norm and beside a residual connection. The loss is the cross-entropy of the next token in nats.
 */
export const transformer: BenchmarkModel = {
  parameters: {
    'embedding.tokens': [VOCABULARY, WIDTH],
    'embedding.positions': [LENGTH, WIDTH],
    'attention.norm.scale': [WIDTH],
    'attention.norm.bias': [WIDTH],
    'attention.queries.kernel': [WIDTH, 3 * WIDTH],
    'attention.queries.bias': [3 * WIDTH],
    'attention.output.kernel': [WIDTH, WIDTH],
    'attention.output.bias': [WIDTH],
    'hidden.norm.scale': [WIDTH],
    'hidden.norm.bias': [WIDTH],
    'hidden.first.kernel': [WIDTH, HIDDEN],
    'hidden.first.bias': [HIDDEN],
    'hidden.second.kernel': [HIDDEN, WIDTH],
    'hidden.second.bias': [WIDTH],
    'last.norm.scale': [WIDTH],
    'last.norm.bias': [WIDTH],
    'last.kernel': [WIDTH, VOCABULARY],
    'last.bias': [VOCABULARY],
  },
  examples: EXAMPLES,
  batch: BATCH,
  noise: 0,
  arrays: ['tokens'],
  dataset: () => {
    // Each token is a fixed function of the previous one, plus 0, 1 or 2.
    const steps = uniform(key(3), [EXAMPLES, LENGTH + 1], 0, 3).dataSync();
    const tokens = new Int32Array(EXAMPLES * (LENGTH + 1));
    steps.forEach((step, index) => {
      const previous = index % (LENGTH + 1) === 0 ? index : (tokens[index - 1] ?? 0);
      tokens[index] = (5 * previous + Math.floor(step)) % VOCABULARY;
    });
    return [tf.tensor2d(tokens, [EXAMPLES, LENGTH + 1], 'int32')];
  },
  loss: (parameters, batch) => {
    const dense = (x: Tensor2D, layer: string): Tensor2D =>
      tf.add(tf.matMul(x, parameters(`${layer}.kernel`) as Tensor2D), parameters(`${layer}.bias`));
    const norm = (x: Tensor2D, layer: string): Tensor2D => {
      const { mean, variance } = tf.moments(x, 1, true);
      const scaled = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, EPSILON)));
      return tf.add(tf.mul(scaled, parameters(`${layer}.scale`)), parameters(`${layer}.bias`));
    };
    const tokens = batch('tokens') as Tensor2D;
    const rowOf = (start: number) => tf.reshape(tf.slice(tokens, [0, start], [BATCH, LENGTH]), [TOKENS]);
    const embedded = tf.reshape(gatherRows(parameters('embedding.tokens'), rowOf(0) as Tensor1D), [
      BATCH,
      LENGTH,
      WIDTH,
    ]);
    const positions = parameters('embedding.positions');
    const first = tf.reshape<Rank.R2>(tf.add(embedded, positions), [TOKENS, WIDTH]);
    const mixed = attention(dense(norm(first, 'attention.norm'), 'attention.queries'));
    const second: Tensor2D = tf.add(first, dense(mixed, 'attention.output'));
    const hidden = gelu(dense(norm(second, 'hidden.norm'), 'hidden.first'));
    const third: Tensor2D = tf.add(second, dense(hidden, 'hidden.second'));
    const logits = dense(norm(third, 'last.norm'), 'last');
    const targets = tf.oneHot(rowOf(1), VOCABULARY, 1, 0, 'float32');
    return tf.neg<Scalar>(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1)));
  },
};

/** Returns softmax(q k^T / sqrt(d) + mask) v for each head. @param x queries, keys and values [tokens, 3 width] */
function attention(x: Tensor2D): Tensor2D {
  const heads = tf.transpose(tf.reshape(x, [BATCH, LENGTH, 3, HEADS, HEAD_WIDTH]), [2, 0, 3, 1, 4]);
  const [queries, keys, values] = tf.unstack(heads) as [Tensor, Tensor, Tensor];
  const scores = tf.mul(tf.matMul(queries, keys, false, true), 1 / Math.sqrt(HEAD_WIDTH));
  const weights = tf.softmax(tf.add(scores, causalMask()));
  return tf.reshape(tf.transpose(tf.matMul(weights, values), [0, 2, 1, 3]), [TOKENS, WIDTH]);
}

/** Returns 0 where a token may attend to another, and a large negative number where the other comes later, [length, length]. */
function causalMask(): Tensor2D {
  const mask = Array.from({ length: LENGTH }, (_, query) =>
    Array.from({ length: LENGTH }, (_, other) => (other <= query ? 0 : -1e9)),
  );
  return tf.tensor2d(mask);
}

/** GELU(x) = x (1 + erf(x / sqrt(2))) / 2. */
function gelu(x: Tensor2D): Tensor2D {
  return tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))));
}
