import { test } from 'node:test';
import { renderSvg } from '../../../src/report/figures/render.js';
import { assertGolden } from '../../golden.js';
import { load, loadFrom } from '../../sweep/sweep-folder.js';
import type { FinishedRun } from '../finished-run.js';
import { figureOf, finished, sampleRun, SIGMOID, SIGMOID_CLIPPED, SPHERE } from './sample-figures.js';

const paper = finished(
  loadFrom(
    {
      'paper.yaml': 'sweeps: [sphere.yaml, sigmoid.yaml, clipped.yaml]',
      'sphere.yaml': SPHERE,
      'sigmoid.yaml': SIGMOID,
      'clipped.yaml': SIGMOID_CLIPPED,
    },
    'paper.yaml',
  ),
  sampleRun,
);

for (const [name, what] of [
  ['figure-1a', 'the histogram of the sphere'],
  ['figure-1b', 'the scatter plot of the sigmoid data'],
  ['figure-2', 'the figure of four training panels with single tasks'],
  ['figure-3', 'the figure of three training panels with means over seeds'],
  ['clipping', 'the summary by threshold'],
] as const)
  test(`${what} matches its golden SVG`, async () => {
    assertGolden(`${name}.svg`, await renderSvg(figureOf(paper, name)));
  });

test('settings other than the dimensions become rows of panels', async () => {
  const sweep = load(`
name: rows
experiment: linear
grid: { dimensions: [[2, 6, 6], [3, 6, 6]], decoderNoise: [true, false], seed: [2] }
settings: { steps: 10000 }
`);
  const run: FinishedRun = {
    evaluations: [
      { step: 0, eigenvalueError: 1 },
      { step: 10_000, loss: 3, eigenvalueError: 0.5 },
    ],
  };
  assertGolden(
    'rows-training.svg',
    await renderSvg(
      figureOf(
        finished(sweep, () => run),
        'rows-training',
      ),
    ),
  );
});
