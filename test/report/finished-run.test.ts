import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { readTraining } from './read-training.js';
import { finalNumber, series } from '../../src/report/runs.js';
import { readDataParameters, readPoints } from '../../src/experiments/vae/runs.js';
import { load } from '../sweep/sweep-folder.js';
import { writeFinishedRun } from './finished-run.js';

const SWEEP = `
experiment: sigmoid
grid: { dimensions: [[2, 4, 3]], seed: [69, 24] }
settings: { steps: 10 }
`;

test('a task that the helper writes is read as finished, and the others are missing', () => {
  const out = mkdtempSync(path.join(tmpdir(), 'vae-sweep-finished-'));
  const sweep = load(SWEEP);
  const [task] = sweep.tasks;
  assert.ok(task !== undefined);
  writeFinishedRun(out, task, {
    evaluations: [
      { step: 0, loss: 3, encoderVariance: [1, 1, 1] },
      { step: 10, loss: 2.5, manifoldError: 0.25 },
    ],
    generated: [[1, 2, 3]],
    real: [[0.5]],
    direction: [0.5, -1],
  });
  const [part] = readTraining(sweep, out);
  const [run] = part?.runs ?? [];
  assert.ok(run !== undefined);
  assert.deepEqual(
    part?.missing.map(({ task }) => task.settings.seed),
    [24],
  );
  assert.deepEqual(
    series(run, 'loss').map(({ value }) => value),
    [3, 2.5],
  );
  assert.equal(finalNumber(run, 'manifoldError'), 0.25);
  assert.equal(finalNumber(run, 'eigenvalueError'), null);
  assert.deepEqual(readPoints(run), { generated: [[1, 2, 3, 0]], real: [[0.5, 0, 0, 0]] });
  assert.deepEqual([...(readDataParameters(run)?.values ?? [])], [0.5, -1]);
});
