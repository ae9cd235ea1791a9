import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import paperTables from '../../src/report/tables/paper-tables.json' with { type: 'json' };
import { loadSweep } from '../../src/sweep/load.js';
import { cellsOf, trainingSweep, VERSIONS } from './sweep-folder.js';

const shipped = (name: string) =>
  trainingSweep(
    loadSweep(fileURLToPath(new URL(`../../../sweeps/${name}`, import.meta.url)), { versions: VERSIONS }),
  );

test("table1-linear is the paper's 7 columns with 3 seeds each, at full length and with decoder noise", () => {
  const sweep = shipped('table1-linear.yaml');
  const columns = ['3-12-20', '3-20-20', '6-12-20', '6-20-20', '9-12-20', '9-20-20', '12-20-20'];
  assert.deepEqual(
    cellsOf(sweep),
    columns.flatMap((column) => [2, 3, 4].map((seed) => `linear-${column}-seed${seed}`)),
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

test('quickstart is 9 short linear runs', () => {
  const { tasks } = shipped('quickstart.yaml');
  assert.equal(tasks.length, 9);
  assert.ok(tasks.every(({ settings }) => settings.experiment === 'linear' && settings.steps === 20_000));
});

interface PrintedColumns {
  readonly intrinsic: readonly number[];
  readonly ambient: readonly number[];
  readonly latent: number | readonly number[];
}

test('the paper is 252 runs, whose columns are those of the printed tables, three seeds each', () => {
  const sweep = shipped('paper.yaml');
  assert.equal(sweep.tasks.length, 252);
  for (const part of sweep.parts) {
    assert.ok(part.table, part.name);
    const { intrinsic, ambient, latent }: PrintedColumns = paperTables[part.table];
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

test('the fast paper is the 87 runs of its tables with a tenth of the steps', () => {
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
