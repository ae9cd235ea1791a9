import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import '../../../../src/experiments/index.js';
import type { ComputedRun } from '../../../../src/experiments/paper/statements/computed.js';
import type { Figure } from '../../../../src/report/figures/figure.js';
import { renderSvg } from '../../../../src/report/figures/render.js';
import { assertGolden } from '../../../golden.js';
import { literalRun } from './computed-runs.js';
import { badOptimumRun, flowRun, identityRun, landscapeRun, MIXED, statementOf } from './sample-computed.js';

function figuresOf(runs: readonly ComputedRun[], statement: string): readonly Figure[] {
  return statementOf({ runs }, statement).draw().figures;
}

for (const statement of ['gradient-flow', 'gradient-descent', 'landscape', 'bad-optimum', 'identities'])
  test(`${statement} matches its golden figures, without warnings`, async (t) => {
    const warn = t.mock.method(console, 'warn', () => undefined);
    const figures = figuresOf(MIXED.runs, `theory-${statement}`);
    assert.ok(figures.length > 0);
    for (const figure of figures) assertGolden(`${figure.name}.svg`, await renderSvg(figure));
    assert.equal(warn.mock.callCount(), 0);
  });

describe('for hundreds of tasks', () => {
  const seeds = Array.from({ length: 500 }, (_, i) => i + 1);

  test('a panel shows a few tasks, and the figure with the common bound at most 200', () => {
    const [panels, collapsed] = figuresOf(
      seeds.map((seed) => flowRun(seed)),
      'theory-gradient-flow',
    );
    assert.equal(new Set(panels?.rows.map(({ run }) => run)).size, 4);
    assert.match(panels?.caption ?? '', /Shown: 4 of 500 tasks, up to 4 per panel\./);
    assert.equal(new Set(collapsed?.rows.map(({ run }) => run)).size, 202);
    assert.match(collapsed?.caption ?? '', /Shown: 200 of 500 tasks\./);
  });

  test('a landscape shows one task per slope, and a bad optimum one task per s', () => {
    const [landscape] = figuresOf(
      seeds.map((seed) => landscapeRun(seed % 5, { seed })),
      'theory-landscape',
    );
    assert.equal(new Set(landscape?.rows.map(({ run }) => run)).size, 5);
    const [optimum] = figuresOf(
      seeds.map((seed) => badOptimumRun(1 + (seed % 3), seed)),
      'theory-bad-optimum',
    );
    assert.equal(optimum?.rows.length, 9);
  });

  test('an identity shows about 200 draws and the largest error of all draws', () => {
    const runs = seeds.map((seed) => identityRun('eq4', [seed / 1000, 0.0001], 6));
    const [figure] = figuresOf(runs, 'theory-identities');
    const rows = figure?.rows ?? [];
    assert.equal(rows.length, 201);
    assert.deepEqual(
      rows.filter(({ what }) => what === 'largest').map(({ error }) => error),
      [0.5],
    );
  });

  test('at most twelve choices of dimensions have panels', () => {
    const runs = seeds.slice(0, 30).map((seed) => flowRun(seed, { ambientDim: 5 + seed }));
    const [panels] = figuresOf(runs, 'theory-gradient-flow');
    assert.equal(new Set(panels?.rows.map(({ panel }) => panel)).size, 12);
    assert.match(panels?.caption ?? '', /Not shown: 18 more choices of dimensions\./);
  });
});

test('values that are not defined leave gaps, and a task without defined values adds a note', () => {
  const settings = { ...flowRun(1).settings, seed: 9 };
  const columns = (value: number) => ({
    time: [0, 1],
    k: [1, 1],
    logOutside: [value, value],
    logBound: [value, value],
    encoderMargin: [value, value],
  });
  const nothing = literalRun(settings, {}, columns(NaN));
  const { figures, notes } = statementOf({ runs: [nothing] }, 'theory-gradient-flow').draw();
  assert.deepEqual([figures.length, notes.length], [0, 2]);
  assert.match(notes[0] ?? '', /there are no data to draw\.$/);
  const [panels] = figuresOf([nothing, flowRun(1)], 'theory-gradient-flow');
  assert.equal(new Set(panels?.rows.map(({ run }) => run)).size, 1);
});

test('the curve of a decay to exactly zero ends at the rounding level', async () => {
  const [first] = [flowRun(1)];
  const run = literalRun(first.settings, first.verdict, {
    time: [0, 1, 2, 3],
    k: [2, 2, 2, 2],
    logOutside: [0, -20, -60, -Infinity],
    logBound: [0, -0.5, -1, -1.5],
    encoderMargin: [0, 1, 1, 1],
  });
  const [panels] = figuresOf([run], 'theory-gradient-flow');
  assert.ok(panels);
  assert.deepEqual([...new Set(panels.rows.map(({ time }) => time))], [0, 1, 2]);
  assert.match(await renderSvg(panels), /^<svg/);
});

test('tasks with a single row are still drawn', async () => {
  const one = [
    literalRun(
      flowRun(1).settings,
      {},
      { time: [0], k: [2], logOutside: [0], logBound: [0], encoderMargin: [0] },
    ),
    literalRun(landscapeRun(3).settings, landscapeRun(3).verdict, {
      deviation: [1],
      loss: [2],
      asymptote: [2],
    }),
    literalRun(badOptimumRun(1).settings, badOptimumRun(1).verdict, {
      deviation: [1],
      loss: [2],
      monteCarloLoss: [2],
      standardError: [0],
      error: [NaN],
    }),
  ];
  for (const name of ['gradient-flow', 'landscape', 'bad-optimum'])
    for (const figure of figuresOf(one, `theory-${name}`))
      assert.doesNotMatch(await renderSvg(figure), /NaN/, name);
});
