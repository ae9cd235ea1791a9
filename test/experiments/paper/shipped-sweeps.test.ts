import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hypotheses } from '../../../src/experiments/paper/beyond/registry.js';
import { printedTables } from '../../../src/experiments/paper/tables/paper.js';
import { loadSweep } from '../../../src/sweep/load.js';
import { settingOf, settingText } from '../../../src/task/settings.js';
import { isTraining } from '../../../src/experiments/vae/settings/task.js';
import type { Settings } from '../../../src/task/task.js';
import { cellsOf, trainingSweep, VERSIONS } from '../../sweep/sweep-folder.js';

const load = (name: string) =>
  loadSweep(fileURLToPath(new URL(`../../../../sweeps/${name}`, import.meta.url)), { versions: VERSIONS });
const shipped = (name: string) => trainingSweep(load(name));

test("table1-linear has the paper's 7 columns with 3 seeds each, full length and decoder noise", () => {
  const sweep = shipped('table1-linear.yaml');
  const columns = ['3-12-20', '3-20-20', '6-12-20', '6-20-20', '9-12-20', '9-20-20', '12-20-20'];
  assert.deepEqual(
    cellsOf(sweep),
    columns.flatMap((column) => [2, 3, 4].map((seed) => `linear-${column}-seed${seed}-released`)),
  );
  assert.equal(sweep.parts[0]?.table, 'table1');
  for (const { settings } of sweep.tasks) {
    assert.equal(settings.steps, 100_000);
    assert.equal(settings.learningRate, 1e-3);
    assert.equal(settings.initialDecoderLogVariance, -1);
    assert.equal(settings.modelSeed, 0);
    assert.equal(settings.decoderNoise, true);
    assert.equal(settings.decoderLogVarianceThreshold, null);
  }
});

test('quickstart has 9 short linear tasks', () => {
  const { tasks } = shipped('quickstart.yaml');
  assert.equal(tasks.length, 9);
  assert.ok(tasks.every(({ settings }) => settings.experiment === 'linear' && settings.steps === 20_000));
});

interface PrintedColumns {
  readonly intrinsic: readonly number[];
  readonly ambient: readonly number[];
  readonly latent: number | readonly number[];
}

test('paper has 252 tasks with the columns of the printed tables and three seeds each', () => {
  const sweep = shipped('paper.yaml');
  assert.equal(sweep.tasks.length, 252);
  for (const part of sweep.parts) {
    assert.ok(part.table, part.name);
    const { intrinsic, ambient, latent }: PrintedColumns =
      printedTables[part.table as keyof typeof printedTables];
    const columns = intrinsic.map((dim, i) => [
      dim,
      ambient[i],
      typeof latent === 'number' ? latent : latent[i],
    ]);
    const expected = columns.map((column) => column.join('-'));
    const found = part.tasks.map(({ settings: s }) => `${s.intrinsicDim}-${s.ambientDim}-${s.latentDim}`);
    assert.deepEqual([...new Set(found)], expected);
    const thresholds = new Set(part.tasks.map(({ settings }) => settings.decoderLogVarianceThreshold));
    const clipped = part.table === 'table4' || part.table === 'table5';
    assert.deepEqual([...thresholds], clipped ? [-4, -2, -3, -5, -6, -8] : [null]);
    assert.equal(part.tasks.length, expected.length * thresholds.size * 3);
  }
});

test('the fast version of paper has the 87 tasks of its tables with a tenth of the steps', () => {
  const full = shipped('paper.yaml').tasks.filter(
    ({ settings: { decoderLogVarianceThreshold: threshold } }) => [null, -4].includes(threshold),
  );
  const fast = shipped('paper-fast.yaml').tasks.map(({ settings }) => settings);
  assert.equal(fast.length, 87);
  assert.deepEqual(
    fast,
    full.map(({ settings }) => ({ ...settings, steps: settings.steps / 10, evaluateEverySteps: 500 })),
  );
});

test('the ablations compare their setting in every cell, over ten seeds', () => {
  const cases = {
    'ablation-decoder-noise.yaml': { varied: 'decoderNoise', tasks: 260 },
    'ablation-biases.yaml': { varied: 'biases', tasks: 260 },
    'ablation-collapse.yaml': { varied: 'decoderNoise', tasks: 100 },
  } as const;
  for (const [file, { varied, tasks }] of Object.entries(cases)) {
    const sweep = shipped(file);
    assert.equal(sweep.tasks.length, tasks, file);
    assert.equal(sweep.tasks.filter(({ settings }) => settings[varied]).length, tasks / 2, file);
  }
});

test('the sweeps beyond the paper have the hypotheses of the report as their titles, and full cells', () => {
  const cases = {
    'beyond-phase-diagram.yaml': { tasks: 200, perCell: 10 },
    'beyond-optimal-variance.yaml': { tasks: 72, perCell: 6 },
    'beyond-width-depth-batch.yaml': { tasks: 270, perCell: 10 },
    'beyond-annealed-threshold.yaml': { tasks: 72, perCell: 6 },
  } as const;
  const examined = Object.entries(cases).map(([file, { tasks, perCell }]) => {
    const sweep = shipped(file);
    const [part] = sweep.parts;
    assert.ok(part);
    const seedless = sweep.tasks.map(({ settings }) =>
      JSON.stringify({ ...settings, seed: 0, modelSeed: 0 }),
    );
    assert.deepEqual([sweep.tasks.length, tasks / new Set(seedless).size], [tasks, perCell], file);
    const [hypothesis, ...others] = hypotheses.filter((each) => each.examines(part));
    assert.deepEqual([hypothesis?.statement, others], [sweep.title, []], file);
    for (const { settings } of sweep.tasks)
      assert.ok(settings.steps * settings.learningRate >= (hypothesis?.minDistance ?? NaN), file);
    return hypothesis;
  });
  assert.equal(new Set(examined).size, hypotheses.length);
});

test('theory has 386 tasks, of which those from a bad optimum and of Table 1 train', () => {
  const sweep = load('theory.yaml');
  assert.deepEqual(
    sweep.parts.map(({ name, tasks }) => [name, tasks.length]),
    [
      ['theory-gradient-flow', 72],
      ['theory-gradient-descent', 36],
      ['theory-landscape', 138],
      ['theory-converse', 15],
      ['theory-bad-optimum', 47],
      ['theory-bad-optimum-training', 12],
      ['theory-identities', 45],
      ['table1-linear', 21],
    ],
  );
  const trained = sweep.tasks.filter(isTraining);
  assert.deepEqual(
    [...new Set(trained.map(({ settings }) => settings.badOptimumExtraDims))],
    [1, 2, 3, undefined],
  );
});

test('the grids of theory cover everything that can be computed for their dimensions', () => {
  const { tasks } = load('theory.yaml');
  const found = (kind: 'landscape' | 'bad-optimum', of: (settings: Settings) => string) => [
    ...new Set(tasks.flatMap(({ settings }) => (settings.kind === kind ? of(settings) : []))),
  ];
  const upTo = (count: number, first: number, dims: string) =>
    Array.from({ length: count }, (_, i) => `${dims} ${first + i}`);
  assert.deepEqual(
    found('landscape', (s) => `${settingText(s, 'dimensions')} ${String(settingOf(s, 'zeroColumns'))}`),
    [...upTo(4, 0, '12-3-6'), ...upTo(7, 0, '5-2-8'), ...upTo(4, 0, '6-3-6'), ...upTo(8, 0, '4-2-9')],
  );
  const { intrinsic, ambient, latent } = printedTables.table2;
  assert.deepEqual(
    found('bad-optimum', (s) => `${settingText(s, 'dimensions')} ${String(settingOf(s, 'extraDims'))}`),
    intrinsic.flatMap((dim, i) => {
      const [d = NaN, r = NaN] = [ambient[i], latent[i]];
      return upTo(Math.min(d - 1, r) - dim, 1, `${dim}-${d}-${r}`);
    }),
  );
});
