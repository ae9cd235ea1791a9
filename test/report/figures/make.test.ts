import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reports } from '../../../src/experiments/reports.js';
import { makeFigures } from '../../../src/report/figures/make.js';
import { load, loadFrom } from '../../sweep/sweep-folder.js';
import { figureOf, finished, sampleRun, SIGMOID, SIGMOID_CLIPPED, SPHERE } from './sample-figures.js';

const clipping = {
  'both.yaml': 'sweeps: [sigmoid.yaml, clipped.yaml]',
  'sigmoid.yaml': SIGMOID,
  'clipped.yaml': SIGMOID_CLIPPED,
};

describe('a sweep has', () => {
  const namesOf = (parts: ReturnType<typeof finished>) =>
    makeFigures(parts, reports, {}).figures.map(({ name }) => name);

  test("the paper's figures that match its cells", () => {
    assert.deepEqual(namesOf(finished(load(SPHERE), sampleRun)), ['figure-1a', 'figure-3']);
    assert.deepEqual(namesOf(finished(loadFrom(clipping, 'both.yaml'), sampleRun)), [
      'figure-1b',
      'figure-2',
      'figure-4b',
      'figure-5',
      'figure-7',
      'clipping',
    ]);
  });

  test('training curves if no figure of the paper matches', () => {
    const sweep = load(SPHERE.replace('table: table3', 'name: mine'));
    assert.deepEqual(namesOf(finished(sweep, sampleRun)), ['mine-training']);
    const clipped = load(SIGMOID_CLIPPED.replace('[e^-4, e^-2]', '[e^-3]'));
    assert.deepEqual(namesOf(finished(clipped, sampleRun)), ['sweep-training']);
  });
});

describe('a figure with missing tasks', () => {
  test('shows the finished tasks and names the missing ones', () => {
    const parts = finished(load(SPHERE), (settings) =>
      settings.ambientDim === 6 ? sampleRun(settings) : null,
    );
    const { figures, notes } = makeFigures(parts, reports, {});
    assert.deepEqual(
      figures.map(({ name, caption }) => [name, caption.slice(caption.indexOf('Missing'))]),
      [
        [
          'figure-3',
          'Missing: 2-16-8 (seed 69, seed 24). Axes span the values after step 0; some curves begin outside them.',
        ],
      ],
    );
    assert.deepEqual(notes, [
      'Figure 1a: sphere data, distance of generated points from the origin: none of its tasks is done.',
    ]);
  });

  test('shows the first finished task of a cell', () => {
    const parts = finished(load(SPHERE), (settings) => (settings.seed === 24 ? sampleRun(settings) : null));
    const { caption } = figureOf(parts, 'figure-1a');
    assert.match(caption, /Shown: seed 24\. Missing: 2-16-8 \(seed 69\)\./);
  });
});

describe('the seed of histograms and scatter plots', () => {
  const parts = finished(load(SPHERE), sampleRun);
  const shown = (seed?: number) =>
    /Shown: seed \d+\./.exec(figureOf(parts, 'figure-1a', { seed }).caption)?.[0];

  test('is the first one by default, or the requested one', () => {
    assert.equal(shown(), 'Shown: seed 69.');
    assert.equal(shown(24), 'Shown: seed 24.');
  });

  test('must occur in the sweep', () => {
    assert.throws(() => makeFigures(parts, reports, { seed: 5 }), {
      name: 'InputError',
      message: '--seed 5: no task has this seed. Expected one of 69, 24.',
    });
  });

  test('does not affect curves', () => {
    assert.deepEqual(figureOf(parts, 'figure-3', { seed: 24 }), figureOf(parts, 'figure-3'));
  });
});
