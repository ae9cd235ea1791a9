import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeFigures } from '../../../src/report/figures/make.js';
import type { Figure } from '../../../src/report/figures/figure.js';
import { renderSvg } from '../../../src/report/figures/render.js';
import { assertGolden } from '../../golden.js';
import { load } from '../../sweep/sweep-folder.js';
import { finished } from './sample-figures.js';

const grid = (settings: string) => `
name: mine
experiment: linear
grid: { ${settings} }
settings: { dimensions: [3, 12, 20], steps: 10000 }
`;
const TWO = 'learningRate: [1e-3, 1e-2], batchSize: [25, 100, 400], seed: [2, 3]';

/** Returns the maps of a grid in which the loss is the batch size plus the seed; null if it has none. */
function mapsOf(settings: string): Figure | null {
  const parts = finished(load(grid(settings)), ({ batchSize, learningRate, seed }) =>
    batchSize === 400 && learningRate === 1e-2
      ? null
      : {
          evaluations: [
            { step: 10_000, loss: batchSize + seed, decoderVariance: learningRate / 100, encoderZeros: 1 },
          ],
        },
  );
  return makeFigures(parts, [], {}).figures.find(({ name }) => name === 'mine-maps') ?? null;
}

describe('the maps of a grid', () => {
  test('have the mean over the seeds of each metric by two settings, and the one with more values on the x axis', () => {
    const figure = mapsOf(TWO);
    const losses = figure?.rows.filter(({ metric }) => metric === 'loss') ?? [];
    assert.deepEqual(
      losses.map(({ x, y, mean, tasks }) => [x, y, mean, tasks]),
      [
        ['25', '0.001', 27.5, 2],
        ['100', '0.001', 102.5, 2],
        ['400', '0.001', 402.5, 2],
        ['25', '0.01', 27.5, 2],
        ['100', '0.01', 102.5, 2],
      ],
    );
    assert.match(figure?.caption ?? '', /Missing: .*0\.01/);
  });

  test('leave out a metric that has the same value everywhere', () => {
    const metrics = new Set(mapsOf(TWO)?.rows.map(({ metric }) => metric));
    assert.deepEqual([...metrics], ['loss', 'decoderVariance']);
  });

  test('have one row of panels for each combination of the other settings', () => {
    const figure = mapsOf(`${TWO}, initialDecoderLogVariance: [-1, -3]`);
    assert.deepEqual(
      [...new Set(figure?.rows.map(({ panel }) => panel))],
      ['initialDecoderLogVariance -1', 'initialDecoderLogVariance -3'],
    );
  });

  test('are left out if fewer than two settings vary, or if both have too many values for the x axis', () => {
    assert.equal(mapsOf('learningRate: [1e-3, 1e-2], seed: [2, 3]'), null);
    assert.equal(
      mapsOf(
        'learningRate: [1e-3, 2e-3, 3e-3, 4e-3, 5e-3, 6e-3, 7e-3], batchSize: [1, 2, 3, 4, 5, 6, 7], seed: [2]',
      ),
      null,
    );
    assert.notEqual(
      mapsOf('learningRate: [1e-3, 2e-3, 3e-3, 4e-3, 5e-3, 6e-3, 7e-3], batchSize: [1, 2], seed: [2]'),
      null,
    );
  });

  test('match their golden SVG', async () => {
    const figure = mapsOf(TWO);
    assert.ok(figure !== null);
    assertGolden('mine-maps.svg', await renderSvg(figure));
  });
});
