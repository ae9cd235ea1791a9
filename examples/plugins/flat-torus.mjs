/**
 * A plugin with data on a flat torus: each intrinsic dimension is a circle of radius 1 in two coordinates. It also adds a metric and a
 * section of the report.
 *
 *   npx vae-sweep run examples/plugins/flat-torus.yaml --plugin examples/plugins/flat-torus.mjs
 *   npx vae-sweep report examples/plugins/flat-torus.yaml --plugin examples/plugins/flat-torus.mjs
 *
 * @import { Plugin } from 'vae-sweep'
 */

/** Returns the distances from the origin in each pair of coordinates, [n][circles]. */
const radiiOf = (points, circles) =>
  points.map((x) => Array.from({ length: circles }, (_, i) => Math.hypot(x[2 * i], x[2 * i + 1])));

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @type {Plugin} */
export default {
  name: 'flat-torus',
  datasets: [
    {
      name: 'flat-torus',
      defaults: { steps: 20_000, learningRate: 1e-3, hiddenWidths: [64, 64], initialDecoderLogVariance: -3 },
      coordinates: (intrinsicDim) => 2 * intrinsicDim,
      sourceDim: (intrinsicDim) => 2 * intrinsicDim,
      // Divides each pair of normal numbers by its norm.
      points: (tf, source, _parameters, intrinsicDim) =>
        tf.concat(
          Array.from({ length: intrinsicDim }, (_, i) => {
            const pair = tf.slice(source, [0, 2 * i], [source.shape[0], 2]);
            return tf.mul(pair, tf.rsqrt(tf.sum(tf.square(pair), 1, true)));
          }),
          1,
        ),
    },
  ],
  metrics: [
    {
      name: 'torusError',
      type: 'float64',
      unit: '1',
      description: 'Mean over generated points and circles of (radius - 1)^2; null for other data',
      compute: ({ experiment, intrinsicDim, generated }) =>
        experiment === 'flat-torus'
          ? mean(radiiOf(generated, intrinsicDim).flatMap((radii) => radii.map((r) => (r - 1) ** 2)))
          : null,
    },
  ],
  reports: [
    {
      name: 'torus-error',
      title: 'How far generated points are from the torus',
      make: (runs) => ({
        caption: 'torusError over the evaluations of each task.',
        rows: runs
          .filter(({ settings }) => settings.experiment === 'flat-torus')
          .flatMap((run) => run.series('torusError').map((point) => ({ seed: run.settings.seed, ...point }))),
        view: {
          mark: { type: 'line', point: true },
          encoding: {
            x: { field: 'step', type: 'quantitative' },
            y: { field: 'value', type: 'quantitative', scale: { type: 'log' }, title: 'torusError' },
            color: { field: 'seed', type: 'nominal' },
          },
        },
      }),
    },
  ],
};
