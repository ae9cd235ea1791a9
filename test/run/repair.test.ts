import '../../src/experiments/index.js';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { StoreBusyError } from '../../src/errors.js';
import { restoreRecords } from '../../src/run/repair.js';
import { inspectTask, type Damage } from '../../src/store/damage.js';
import { TASK_FILES } from '../../src/store/task-folder.js';
import { finish } from '../store/sample-store.js';
import { identifiedTask } from '../store/sample-task.js';

let outDir: string;
let damages: readonly Damage[];

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-records-'));
  damages = [1, 2, 3].flatMap((seed) => {
    const task = identifiedTask(seed);
    rmSync(path.join(finish(outDir, task), TASK_FILES.task));
    return inspectTask(outDir, task).damage ?? [];
  });
  assert.equal(damages.length, 3);
});

function remaining(): number {
  return damages.filter(({ task }) => inspectTask(outDir, task).damage !== null).length;
}

describe('restoring records', { timeout: 60_000 }, () => {
  test('restores all of them while the lock is held', async () => {
    await restoreRecords(outDir, damages, new AbortController().signal);
    assert.equal(remaining(), 0);
  });

  test('lets heartbeats run between two tasks, and writes nothing once one of them finds the lock lost', async () => {
    const lost = new AbortController();
    const busy = new StoreBusyError('out was taken over');
    // A heartbeat is a callback of the event loop.
    setImmediate(() =>
      setImmediate(() => {
        lost.abort(busy);
      }),
    );
    await assert.rejects(restoreRecords(outDir, damages, lost.signal), busy);
    assert.equal(remaining(), 2);
  });
});
