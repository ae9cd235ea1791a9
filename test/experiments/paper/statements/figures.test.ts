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
  test(`${statement} is drawn as it was, without a warning`, async (t) => {
    const warn = t.mock.method(console, 'warn', () => undefined);
    const figures = figuresOf(MIXED.runs, `theory-${statement}`);
    assert.ok(figures.length > 0);
    for (const figure of figures) assertGolden(`${figure.name}.svg`, await renderSvg(figure));
    assert.equal(warn.mock.callCount(), 0);
  });

describe('of hundreds of runs', () => {
  const seeds = Array.from({ length: 500 }, (_, i) => i + 1);

  test('a panel shows a few, and the common bound at most 200', () => {
    const [panels, collapsed] = figuresOf(
      seeds.map((seed) => flowRun(seed)),
      'theory-gradient-flow',
    );
    assert.equal(new Set(panels?.rows.map(({ run }) => run)).size, 4);
    assert.match(panels?.caption ?? '', /Shown: 4 of 500 runs, up to 4 a panel\./);
    assert.equal(new Set(collapsed?.rows.map(({ run }) => run)).size, 202);
    assert.match(collapsed?.caption ?? '', /Shown: 200 of 500 runs\./);
  });

  test('a landscape shows one a slope, and a bad optimum one an s', () => {
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

  test('of an identity some 200 draws are drawn, and the largest error of all', () => {
    const runs = seeds.map((seed) => identityRun('eq4', [seed / 1000, 0.0001], 6));
    const [figure] = figuresOf(runs, 'theory-identities');
    const rows = figure?.rows ?? [];
    assert.equal(rows.length, 201);
    assert.deepEqual(
      rows.filter(({ what }) => what === 'largest').map(({ error }) => error),
      [0.5],
    );
  });

  test('of dimension settings twelve have panels', () => {
    const runs = seeds.slice(0, 30).map((seed) => flowRun(seed, { ambientDim: 5 + seed }));
    const [panels] = figuresOf(runs, 'theory-gradient-flow');
    assert.equal(new Set(panels?.rows.map(({ panel }) => panel)).size, 12);
    assert.match(panels?.caption ?? '', /18 more dimension settings are not drawn\./);
  });
});

test('values that are not defined leave gaps, and a run of nothing else a note', () => {
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
  assert.match(notes[0] ?? '', /the runs have nothing to draw\.$/);
  const [panels] = figuresOf([nothing, flowRun(1)], 'theory-gradient-flow');
  assert.equal(new Set(panels?.rows.map(({ run }) => run)).size, 1);
});

test('a decay to exactly nothing ends where rounding begins', async () => {
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

test('runs of one row are points without a course, and still drawn', async () => {
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
