import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { resultHashes } from '../faults/command.js';
import { listStore } from '../../src/store/inventory.js';
import { acquireStoreLock, readStoreOwner } from '../../src/store/lock.js';
import { TASK_FILES, verifyTask, tasksFolder } from '../../src/store/task-folder.js';
import type { TrainingTask } from '../../src/experiments/vae/settings/task.js';
import { begin, finish, interrupt } from '../store/sample-store.js';
import { identifiedTask } from '../store/sample-task.js';
import { MAIN, vaeSweep } from './command.js';
import { waitUntil } from '../wait-until.js';

const [one, two, three] = [1, 2, 3].map(identifiedTask) as [TrainingTask, TrainingTask, TrainingTask];
let folder: string;
let first: string;
let second: string;
let outDir: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-merge-'));
  [first, second, outDir] = ['first', 'second', 'out'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
});

function merge(...args: readonly string[]) {
  return vaeSweep('merge', '--out', outDir, ...args);
}

describe('vae-sweep merge', () => {
  test('reports the copied, existing and pending tasks, and releases the lock', () => {
    finish(first, one);
    finish(outDir, one);
    interrupt(second, two, 40);
    begin(second, three);
    const { stdout, status, stderr } = merge(first, second);
    assert.match(
      stdout,
      new RegExp(
        `^Merged 2 stores into ${outDir}: 1 task copied \\(1 interrupted; [\\d.]+ B\\), 1 already there, 1 pending\\.\\n$`,
      ),
    );
    assert.deepEqual([status, stderr], [0, '']);
    assert.equal(readStoreOwner(outDir), null);
    assert.equal(
      merge(first, second).stdout,
      `Merged 2 stores into ${outDir}: 0 tasks copied, 2 already there, 1 pending.\n`,
    );
  });

  test('names conflicts and corrupt tasks, keeps existing results, copies the others, and fails', () => {
    finish(first, one, 'other');
    finish(outDir, one);
    const changed = path.join(finish(first, two), TASK_FILES.steps);
    writeFileSync(changed, 'steps.arrow CONTENT');
    finish(first, three);
    const { stdout, status } = merge(first);
    assert.equal(
      stdout.replace(/[\d.]+ kB/, 'SIZE'),
      `Merged 1 store into ${outDir}: 1 task copied (1 done; SIZE).
Conflicts: both stores have finished the task, with different contents; ${outDir} keeps its own (1):
  ${first}/tasks/${one.name}: other steps.arrow, evaluations.arrow, samples.arrow, parameters.safetensors
  Run vae-sweep verify FILE --retrain N to see which result this machine computes, and delete the other with vae-sweep rm.
Corrupt, not copied (1):
  ${first}/tasks/${two.name}: steps.arrow does not match its SHA-256 in done.json
  To execute them again, run vae-sweep run FILE --retrain-corrupt --out FROM, or run FILE --bucket FROM.
`,
    );
    assert.equal(status, 1);
    assert.deepEqual(readdirSync(tasksFolder(outDir)).sort(), [one.name, three.name].sort());
  });

  test('names the tasks that it does not copy because the existing ones are corrupt, and how to delete those', () => {
    finish(first, one);
    writeFileSync(path.join(finish(outDir, one), TASK_FILES.steps), '');
    const { stdout, status } = merge(first);
    assert.equal(status, 1);
    assert.ok(
      stdout.endsWith(`Not copied, because the copies in ${outDir} are corrupt (1):
  ${first}/tasks/${one.name}: steps.arrow has the wrong size (0 instead of 19 bytes)
  Delete them with vae-sweep rm NAME --yes --out ${outDir}, then merge again.
`),
    );
  });

  test('lists with --dry-run what it would copy, and writes nothing', () => {
    finish(first, one);
    interrupt(first, two, 40);
    const { stdout, status } = merge(first, '--dry-run');
    assert.match(stdout, new RegExp(`│ ${one.name} +│ ${first} +│ done +│ [\\d.]+ kB │\n`));
    assert.match(stdout, /│ interrupted, step 40 of 100 │/);
    assert.match(
      stdout,
      /\nWould merge 1 store into .*: 2 tasks to copy \(1 done, 1 interrupted; [\d.]+ kB\)\.\n/,
    );
    assert.match(stdout, /\nDry run: nothing written\.\n$/);
    assert.deepEqual([status, existsSync(outDir)], [0, false]);
  });

  test('leaves only complete tasks when it is killed repeatedly, and the next one finishes it', async () => {
    const tasks = Array.from({ length: 60 }, (_, seed) => identifiedTask(seed));
    for (const task of tasks) finish(first, task);
    for (let kill = 1; kill <= 5; kill += 1) {
      const child = spawn(process.execPath, [MAIN, 'merge', first, '--out', outDir], { stdio: 'ignore' });
      const closed = once(child, 'close');
      await waitUntil('tasks are copied', () => child.exitCode !== null || countTasks() >= kill * 10, 1);
      child.kill('SIGKILL');
      await closed;
      assert.deepEqual(incompleteEntries(), []);
    }
    assert.equal(merge(first).status, 0);
    assert.deepEqual(resultHashes(outDir), resultHashes(first));
  });
});

function countTasks(): number {
  const folder = tasksFolder(outDir);
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.endsWith('.merging')).length : 0;
}

function incompleteEntries(): string[] {
  return listStore(outDir)
    .filter((entry) => {
      if (entry.kind !== 'task') return entry.kind !== 'merging';
      return verifyTask(path.join(tasksFolder(outDir), entry.name), entry.task.id).state !== 'done';
    })
    .map(({ name }) => name);
}

describe('vae-sweep merge rejects', () => {
  beforeEach(() => {
    finish(first, one);
  });

  test('a store in use, as source and as target', async () => {
    for (const [used, message] of [
      [first, `vae-sweep: ${first} is in use by process ${process.pid} on `],
      [outDir, `vae-sweep: ${outDir} is in use by process ${process.pid} on `],
    ] as const) {
      const lock = await acquireStoreLock(used);
      const { status, stderr } = merge(first);
      await lock.release();
      assert.ok(stderr.startsWith(message), stderr);
      assert.equal(status, 3);
    }
    assert.equal(existsSync(tasksFolder(outDir)), false);
  });

  test('a folder that is not a store, and the target itself', () => {
    assert.equal(
      merge(first, second).stderr,
      `vae-sweep: ${second} is not a store, because ${second}/tasks does not exist: pass the --out folder of a run\n`,
    );
    cpSync(first, outDir, { recursive: true });
    const { status, stderr } = merge(path.join(outDir, '..', 'out'));
    assert.match(
      stderr,
      /out is the store to merge into: pass other stores, or choose another destination with --out\n$/,
    );
    assert.equal(status, 2);
  });
});
