/**
 * A classifier with one hidden layer, trained by gradient descent on four clouds of points. Opposite clouds have the same class (XOR).
 * Run it in this folder: npx vae-sweep run sweep.yaml
 */
const BATCH = 64;
const EVALUATION_POINTS = 512;
const CENTERS = [
  [1, 1],
  [-1, -1],
  [1, -1],
  [-1, 1],
];

/** @type {import('vae-sweep/experiment').TrainingExperiment} */
const classifier = {
  name: 'mlp-classifier',
  form: 'training',
  settings: {
    width: { type: 'integer', min: 1, max: 512, default: 16, description: 'Units of the hidden layer' },
    learningRate: { type: 'number', min: 1e-6, max: 10, default: 0.5, description: 'Step size' },
    noise: { type: 'number', min: 0, max: 5, default: 0.5, description: 'Standard deviation of a cloud' },
  },
  defaults: { steps: 4_000, evaluateEverySteps: 1_000 },
  columns: {
    steps: [{ name: 'crossEntropy', unit: 'nat', description: 'Cross-entropy, mean over the batch' }],
    evaluations: [
      { name: 'testCrossEntropy', unit: 'nat', description: 'Cross-entropy, mean over new points' },
      { name: 'accuracy', unit: '1', description: 'Share of new points that are classified correctly' },
    ],
  },
  training: ({ tf, key, foldIn, normal }) => {
    /** The centers of n points, which belong to the four clouds in turn, [n, 2]; then their classes as one-hot rows, [n, 2]. */
    const centers = (n) => tf.tensor2d(Array.from({ length: n }, (_, i) => CENTERS[i % 4]));
    const classes = (n) => tf.tensor2d(Array.from({ length: n }, (_, i) => (i % 4 < 2 ? [1, 0] : [0, 1])));
    const logits = ([w1, b1, w2, b2], x) =>
      tf.add(tf.matMul(tf.sigmoid(tf.add(tf.matMul(x, w1), b1)), w2), b2);
    const crossEntropy = (y, target) => {
      const logSum = tf.log(tf.sum(tf.exp(y), 1, true));
      return tf.div(tf.sum(tf.mul(target, tf.sub(logSum, y))), target.shape[0]);
    };
    return {
      programKey: ({ width }) => `${width}`,
      program: ({ width }) => ({
        state: { w1: [2, width], b1: [width], w2: [width, 2], b2: [2] },
        // The inputs are the learning rate, the noise, and the key of all batches.
        inputs: [
          { dtype: 'float32', shape: [] },
          { dtype: 'float32', shape: [] },
          { dtype: 'int32', shape: [2] },
        ],
        body: {
          keys: ([, , parent], steps) => [foldIn(parent, steps)],
          draw: ([keys]) => [normal(keys, [BATCH * 2])],
          step: (state, [learningRate, noise], [drawn]) => {
            const x = tf.add(centers(BATCH), tf.mul(tf.reshape(drawn, [BATCH, 2]), noise));
            const loss = (...parameters) => crossEntropy(logits(parameters, x), classes(BATCH));
            const { value, grads } = tf.valueAndGrads(loss)([...state]);
            return {
              state: state.map((tensor, i) => tf.sub(tensor, tf.mul(grads[i], learningRate))),
              metrics: tf.reshape(value, [1]),
            };
          },
        },
      }),
      begin: (_program, { width, learningRate, noise, seed }) => {
        const inputs = [tf.scalar(learningRate), tf.scalar(noise), foldIn(key(seed), 1)];
        return {
          start: () => [
            tf.reshape(normal(foldIn(key(seed), 2), [2 * width]), [2, width]),
            tf.zeros([width]),
            tf.mul(tf.reshape(normal(foldIn(key(seed), 3), [width * 2]), [width, 2]), 1 / Math.sqrt(width)),
            tf.zeros([2]),
          ],
          inputs: () => inputs,
          evaluate: (state) => {
            const points = normal(foldIn(key(seed), 4), [EVALUATION_POINTS * 2]);
            const x = tf.add(centers(EVALUATION_POINTS), tf.mul(tf.reshape(points, [-1, 2]), noise));
            const y = logits(state, x);
            const target = classes(EVALUATION_POINTS);
            const isRight = tf.equal(tf.argMax(y, 1), tf.argMax(target, 1));
            return {
              row: {
                testCrossEntropy: crossEntropy(y, target).dataSync()[0],
                accuracy: tf.mean(tf.cast(isRight, 'float32')).dataSync()[0],
              },
            };
          },
          dispose: () => tf.dispose(inputs),
        };
      },
    };
  },
};

export default { name: 'mlp-classifier', experiments: [classifier] };
