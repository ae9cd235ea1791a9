import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import pl from 'nodejs-polars';
import { readTraining } from '../read-training.js';
import { trainingMeans } from '../../../src/experiments/paper/tables/means-tables.js';
import { fileRenderers, toTerminal } from '../../../src/report/tables/renderers.js';
import { trainingRunsTable } from '../../../src/experiments/paper/tables/runs-table.js';
import type { Table } from '../../../src/report/tables/table.js';
import { assertGolden } from '../../golden.js';
import { sampleSweep, TABLE4 } from '../sample-sweep.js';

function table4(): Table[] {
  const sample = sampleSweep(TABLE4);
  const errors = [0.15, 0.17];
  for (const [seed, error] of errors.entries()) {
    const metrics = {
      manifoldErrorPairwise: error,
      manifoldError: 0.0004 * (seed + 1),
      encoderSmall: 4,
      kl: 9,
    };
    sample.finish(sample.taskOf(seed), { ...metrics, encoderZeros: 3 + seed });
  }
  // Of the second column one seed finished, and collapsed. Of the first column nothing finished at e^-2.
  sample.finish(sample.taskOf(4), { manifoldErrorPairwise: 0.2, encoderZeros: 0, encoderSmall: 0, kl: 0 });
  sample.finish(sample.taskOf(7), { manifoldErrorPairwise: 0.3, encoderZeros: 8, encoderSmall: 8, kl: 9 });
  const [part] = readTraining(sample.sweep, sample.outDir);
  assert.ok(part);
  return [...trainingMeans(part), trainingRunsTable(part)];
}

describe("a part that reproduces a table, in the paper's layout,", () => {
  const tables = table4();
  const [printed] = tables;
  assert.ok(printed);

  test('has one table per threshold, and one of all tasks', () => {
    assert.deepEqual(
      tables.map(({ name }) => name),
      ['sample', 'sample-e-2', 'sample-runs'],
    );
  });
  for (const extension of ['md', 'csv', 'tex'] as const)
    test(`as ${extension}`, () => {
      const text = tables.map((table) => String(fileRenderers[extension]?.(table))).join('\n');
      assertGolden(`table4.${extension}`, text);
    });
  test('for a terminal', () => {
    assertGolden('table4.txt', `${tables.map(toTerminal).join('\n')}\n`);
  });
  test('as Arrow, which polars reads', () => {
    const frame = pl.readIPC(Buffer.from(fileRenderers['arrow']?.(printed) ?? ''));
    assert.deepEqual(frame.getColumn('printed').toArray(), [0.15, 0.24, 0.15, 0.24, 3, 7]);
    assert.deepEqual(frame.getColumn('runsFinished').toArray(), [2, 1, 2, 1, 2, 1]);
  });
});

test('a threshold without finished tasks has no table', () => {
  const sample = sampleSweep(TABLE4);
  sample.finish(sample.taskOf(2), { encoderZeros: 3 });
  const [part] = readTraining(sample.sweep, sample.outDir);
  assert.ok(part);
  assert.deepEqual(
    trainingMeans(part).map(({ name }) => name),
    ['sample-e-2'],
  );
});

test('several other thresholds share one table, with a row per metric and threshold', () => {
  const sample = sampleSweep(TABLE4.replace('[e^-4, e^-2]', '[e^-4, e^-2, e^-8]'));
  for (const task of sample.sweep.tasks) {
    const { decoderLogVarianceThreshold: bound, intrinsicDim, seed } = task.settings;
    const size = intrinsicDim - Number(bound) + (seed === 69 ? 0 : 1);
    sample.finish(task, {
      manifoldErrorPairwise: size / 100,
      manifoldError: size / 1000,
      encoderZeros: size,
    });
  }
  const [part] = readTraining(sample.sweep, sample.outDir);
  assert.ok(part);
  const tables = trainingMeans(part);
  assert.deepEqual(
    tables.map(({ name }) => name),
    ['sample', 'sample-others'],
  );
  assertGolden('table4-others.md', String(fileRenderers['md']?.(tables[1] as Table)));
});

test('any other sweep has one row per cell, with columns for the settings that its grid varies', () => {
  const sample = sampleSweep(
    'experiment: linear\ngrid: { biases: [true, false], learningRate: [1e-3, 1e-2], seed: [1, 2] }\nsettings: { dimensions: [3, 12, 20] }\n',
  );
  for (const index of [0, 1, 2, 3, 4, 5, 6, 7])
    sample.finish(sample.taskOf(index), { loss: index, eigenvalueError: 0.5 });
  const [part] = readTraining(sample.sweep, sample.outDir);
  assert.ok(part);
  assertGolden(
    'general.md',
    trainingMeans(part)
      .map((table) => String(fileRenderers['md']?.(table)))
      .join('\n'),
  );
});

test('a table of fewer steps than the paper says so', () => {
  const sample = sampleSweep(TABLE4.replace('decoderNoise: true', 'decoderNoise: true, steps: 15000'));
  sample.finish(sample.taskOf(0), { encoderZeros: 3 });
  const [part] = readTraining(sample.sweep, sample.outDir);
  assert.ok(part);
  assert.equal(trainingMeans(part)[0]?.notes[0], "Trained for 15,000 of the paper's 150,000 steps.");
});
