import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { readTraining } from './read-training.js';
import { finalNumber, series } from '../../src/report/runs.js';
import { readDataParameters, readPoints } from '../../src/experiments/vae/runs.js';
import { commitResults, markFailed, prepareTaskFolder, taskFolder } from '../../src/store/task-folder.js';
import { checkpointBytes } from '../store/sample-task.js';
import { writeFinishedRun } from './finished-run.js';
import { sampleSweep } from './sample-sweep.js';

const SWEEP = `
experiment: sigmoid
grid: { seed: [1, 2, 3, 4, 5, 6] }
settings: { dimensions: [1, 3, 2], steps: 1000 }
`;

test('a sweep in progress has finished tasks, and missing ones with their reasons', () => {
  const { sweep, outDir, taskOf, finish } = sampleSweep(SWEEP);
  finish(taskOf(0), { loss: 4 });
  const interrupted = prepareTaskFolder(taskFolder(outDir, taskOf(2)), taskOf(2));
  writeFileSync(path.join(interrupted, 'checkpoint.safetensors'), checkpointBytes(400));
  const failed = prepareTaskFolder(taskFolder(outDir, taskOf(3)), taskOf(3));
  const failure = {
    reason: 'error',
    message: 'out of luck',
    step: null,
    lastFinite: null,
    attempts: 2,
  } as const;
  markFailed(failed, failure);
  const flipped = path.join(finish(taskOf(4), { loss: 5 }), 'evaluations.arrow');
  const bytes = readFileSync(flipped);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  writeFileSync(flipped, bytes);
  writeFinishedRun(outDir, taskOf(5), { evaluations: [{ step: 500 }] });
  const [part] = readTraining(sweep, outDir);
  assert.deepEqual(
    part?.runs.map((run) => [run.task.settings.seed, finalNumber(run, 'loss')]),
    [[1, 4]],
  );
  assert.deepEqual(
    part.missing.map(({ task, state, reason }) => [task.settings.seed, state, reason]),
    [
      [2, 'new', 'not started, or no checkpoint yet'],
      [3, 'interrupted', 'at step 400 of 1,000'],
      [4, 'failed', 'out of luck'],
      [5, 'corrupt', 'evaluations.arrow does not match its SHA-256 in done.json'],
      [6, 'corrupt', 'evaluations.arrow ends at step 500, expected 1,000'],
    ],
  );
});

test('a log with another schema version is rejected, with both versions in the message', () => {
  const { sweep, outDir, taskOf, finish } = sampleSweep(SWEEP);
  const folder = finish(taskOf(0), { loss: 4 });
  const file = path.join(folder, 'evaluations.arrow');
  const bytes = readFileSync(file, 'latin1').replaceAll('vae-sweep.schema', 'vae-sweep.schemb');
  commitResults(folder, taskOf(0).id, { 'evaluations.arrow': Buffer.from(bytes, 'latin1') });
  const [part] = readTraining(sweep, outDir);
  assert.equal(
    part?.missing[0]?.reason,
    `${file} has log schema version none, but this program reads version 2: read it with the version of vae-sweep that wrote it, or train the task again`,
  );
});

test('metrics over steps, points and data parameters are read from the logs', () => {
  const { sweep, outDir, taskOf } = sampleSweep(SWEEP);
  writeFinishedRun(outDir, taskOf(0), {
    evaluations: [
      { step: 0, loss: 9, manifoldError: null },
      { step: 1000, loss: 4, manifoldError: 0.5, encoderVariance: [0.25, 1] },
    ],
    generated: [
      [1, 2],
      [3, 4],
    ],
    real: [
      [5, 6],
      [7, 8],
    ],
    direction: [0.5],
  });
  const run = readTraining(sweep, outDir)[0]?.runs[0];
  assert.ok(run);
  assert.deepEqual(series(run, 'loss'), [
    { step: 0, value: 9 },
    { step: 1000, value: 4 },
  ]);
  assert.deepEqual(series(run, 'manifoldError'), [{ step: 1000, value: 0.5 }]);
  assert.deepEqual(series(run, 'no such metric'), []);
  assert.equal(finalNumber(run, 'encoderVariance'), null);
  assert.deepEqual(readPoints(run), {
    generated: [
      [1, 2, 0],
      [3, 4, 0],
    ],
    real: [
      [5, 6, 0],
      [7, 8, 0],
    ],
  });
  assert.deepEqual([...(readDataParameters(run)?.values ?? [])], [0.5]);
});
