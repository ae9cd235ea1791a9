import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { drawFigures } from '../../../src/report/figures/make.js';
import { metricCurves } from '../../../src/report/figures/registry.js';
import { load } from '../../sweep/sweep-folder.js';
import { figureOf, finished, sampleRun, SIGMOID, SPHERE } from './sample-figures.js';

describe('rows of curves', () => {
  const sweep = load(`
experiment: sphere
grid: { dimensions: [[2, 6, 6]], seed: [69, 24] }
settings: { steps: 20 }
`);
  const parts = finished(sweep, ({ seed }) => ({
    evaluations: [
      { step: 0, loss: seed === 69 ? 4 : 2, manifoldError: seed === 69 ? null : 0.7 },
      { step: 20, loss: seed === 69 ? -1 : 3, manifoldError: 0.5 },
    ],
  }));
  const draw = (metrics: readonly string[], isLog: boolean) =>
    drawFigures(
      parts.flatMap((part) => metricCurves(part, metrics, isLog)),
      parts,
      {},
    );

  test('hold every task, then the mean at steps where all tasks have a value', () => {
    const [figure] = draw(['loss'], false).figures;
    assert.deepEqual(
      figure?.rows.map(({ run, step, value }) => [run, step, value]),
      [
        ['seed 69', 0, 4],
        ['seed 69', 20, -1],
        ['seed 24', 0, 2],
        ['seed 24', 20, 3],
        ['mean', 0, 3],
        ['mean', 20, 1],
      ],
    );
  });

  test('leave out nulls, and on logarithmic axes values of 0 or below', () => {
    const [figure] = draw(['loss', 'manifoldError'], true).figures;
    assert.deepEqual(
      figure?.rows.map(({ metric, run, step }) => [metric, run, step]),
      [
        ['loss', 'seed 69', 0],
        ['loss', 'seed 24', 0],
        ['loss', 'seed 24', 20],
        ['loss', 'mean', 0],
        ['loss', 'mean', 20],
        ['manifoldError', 'seed 69', 20],
        ['manifoldError', 'seed 24', 0],
        ['manifoldError', 'seed 24', 20],
        ['manifoldError', 'mean', 20],
      ],
    );
    assert.match(figure.caption, /Logarithmic axes leave out values of 0 or below\.$/);
  });

  test('are empty for a metric that the tasks did not log', () => {
    assert.deepEqual(draw(['eigenvalueError'], false), {
      figures: [],
      notes: ['sweep: eigenvalueError: these tasks logged no values for it.'],
    });
  });

  test('hold at most 14 cells in each of 8 rows of panels', () => {
    const large = load(`
experiment: sphere
grid:
  dimensions: [${Array.from({ length: 16 }, (_, index) => `[2, 6, ${index + 3}]`).join(', ')}]
  batchSize: [1, 2, 3, 4, 5, 6, 7, 8, 9]
  seed: [69]
settings: { steps: 20 }
`);
    const { caption, rows } = figureOf(
      finished(large, ({ latentDim, batchSize }) =>
        latentDim === 3 || batchSize === 1 ? { evaluations: [{ step: 20, loss: 1 }] } : null,
      ),
      'sweep-training',
    );
    const distinct = (key: string) => new Set(rows.map((row) => row[key])).size;
    assert.deepEqual([distinct('cell'), distinct('panel')], [14, 8]);
    assert.match(
      caption,
      /1 more row of panels not drawn: select some with --only\. 2 more cells in each panel not drawn/,
    );
  });

  test('hold every n-th of very many evaluations, and the last', () => {
    const evaluations = Array.from({ length: 2_500 }, (_, index) => ({ step: index + 1, loss: 1 }));
    const long = load(`
experiment: sphere
grid: { dimensions: [[2, 6, 6]], seed: [69] }
settings: { steps: 2500, evaluateEverySteps: 1 }
`);
    const { rows } = figureOf(
      finished(long, () => ({ evaluations })),
      'sweep-training',
    );
    const steps = rows.filter(({ metric }) => metric === 'loss').map(({ step }) => step);
    assert.deepEqual([steps.length, ...steps.slice(0, 3), steps.at(-1)], [834, 1, 4, 7, 2500]);
  });
});

test('a histogram holds the norms over the coordinates that are not padding, and over all coordinates', () => {
  const { rows, caption } = figureOf(finished(load(SPHERE), sampleRun), 'figure-1a');
  const norms = (reading: string) =>
    rows.filter((row) => row['reading'] === reading).map(({ norm }) => Number(Number(norm).toFixed(6)));
  assert.deepEqual(norms('text'), [0.8, 0.9, 0.95, 0.96, 1.02]);
  // The padded coordinates of the five points are i and i / 4.
  const squares = [0.8, 0.9, 0.95, 0.96, 1.02].map((x, i) => x ** 2 + i ** 2 + (i / 4) ** 2);
  assert.deepEqual(
    norms('released code'),
    squares.map((square) => Number(Math.sqrt(square).toFixed(6))),
  );
  assert.match(caption, /: 4 of 5 points have a norm above 1.2 in all coordinates\./);
});

test('a histogram with clipping says what the padding adds', () => {
  const clipped = load(`
name: clipped
experiment: sphere
table: table5
grid: { dimensions: [[2, 16, 8]], decoderVarianceThreshold: [e^-4], seed: [69] }
settings: { steps: 10000 }
`);
  const { caption } = figureOf(finished(clipped, sampleRun), 'figure-4a');
  // 13 e^-4 = 0.2381.
  assert.match(caption, /noise in the 13 padded coordinates adds at least 0.238 to the mean squared norm/);
});

test('a scatter plot holds the true points, then the generated ones, along a* and the next coordinate', () => {
  const { rows } = figureOf(finished(load(SIGMOID), sampleRun), 'figure-1b');
  assert.deepEqual(
    rows.map(({ points, projection, coordinate }) => [
      points,
      Number(Number(projection).toFixed(6)),
      coordinate,
    ]),
    [
      ['true data', -1, 0.5],
      ['true data', 0, 0.5],
      ['true data', 1, 1],
      ['true data', 2, 1],
      ['true data', 3, 1],
      ['generated', 0.8, 0],
      ['generated', 0.9, 0.25],
      ['generated', 0.95, 0.5],
      ['generated', 0.96, 0.75],
      ['generated', 1.02, 1],
    ],
  );
});
