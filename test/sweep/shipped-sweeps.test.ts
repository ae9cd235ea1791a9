import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadSweep } from '../../src/sweep/load.js';
import { cellsOf, VERSIONS } from './sweep-folder.js';

const shipped = (name: string) =>
  loadSweep(fileURLToPath(new URL(`../../../sweeps/${name}`, import.meta.url)), { versions: VERSIONS });

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
