import '../../src/experiments/index.js';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { rowsWorker } from '../../src/forms/rows.js';
import { readLog, readNumbers } from '../../src/logs/read.js';
import { identify } from '../../src/task/identity.js';
import { VERSIONS } from '../sweep/sweep-folder.js';

/** The tests need any registered task; the settings of this one allow at most 20 rows. */
const task = identify(
  { kind: 'identities', identity: 'lemma3', seed: 1, draws: 20, maxDim: 3 } as never,
  VERSIONS,
);

const { run } = rowsWorker({
  columns: () => [{ name: 'n', type: 'float64', nullable: false, unit: '1', description: 'A number' }],
  run: async function* () {
    for (let n = 1; n <= 3; n++) yield await Promise.resolve({ n });
    return { outcome: 'counted', complete: false, holds: true, sum: NaN };
  },
});

test('logs the rows of an asynchronous generator and reports the maximum number of rows when it ends early', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-rows-'));
  const cells = new Int32Array(new SharedArrayBuffer(8));
  const request = { task, folder, predecessor: null, checkpointEveryMs: 1, shared: cells.buffer, slot: 0 };
  const outcome = await run({ type: 'train', ...request }, { now: () => 0, date: () => new Date(0) });
  const expected = {
    type: 'done',
    fromStep: 0,
    steps: 20,
    elapsedMs: 0,
    summary: 'counted, incomplete',
    recovered: null,
  };
  assert.deepEqual(outcome, expected);
  assert.equal(cells[1], 20);
  assert.deepEqual(Array.from(readNumbers(readLog(path.join(folder, 'rows.arrow')), 'n')), [1, 2, 3]);
  const verdict = { outcome: 'counted', complete: false, holds: true, sum: null };
  assert.deepEqual(JSON.parse(readFileSync(path.join(folder, 'verdict.json'), 'utf8')), verdict);
  rmSync(folder, { recursive: true });
});

test('runs the `finally` block of a generator that is stopped', async () => {
  let isClosed = false;
  const endless = rowsWorker({
    columns: () => [{ name: 'n', type: 'float64', nullable: false, unit: '1', description: 'A number' }],
    run: function* () {
      try {
        for (;;) yield { n: 1 };
      } finally {
        isClosed = true;
      }
    },
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-rows-'));
  const cells = new Int32Array(new SharedArrayBuffer(8));
  cells[0] = 1;
  const request = { task, folder, predecessor: null, checkpointEveryMs: 1, shared: cells.buffer, slot: 0 };
  const outcome = await endless.run({ type: 'train', ...request }, { now: () => 0, date: () => new Date(0) });
  assert.deepEqual(outcome, { type: 'stopped', step: null, fromStep: 0, recovered: null });
  assert.ok(isClosed);
  rmSync(folder, { recursive: true });
});
