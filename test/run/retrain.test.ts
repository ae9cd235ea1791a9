import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { settingOf } from '../../src/task/settings.js';
import { sampleTasks, retrain } from '../../src/run/retrain.js';
import { LockFolder } from '../../src/store/lock-folder.js';
import { acquireStoreLock } from '../../src/store/lock.js';
import { TASK_FILES, taskFolder, verifyTask } from '../../src/store/task-folder.js';
import { finish } from '../store/sample-store.js';
import { sampleResults, sampleTask } from '../store/sample-task.js';
import { standInOptions, standInTask } from './stand-in.js';

const SWEEP = { name: 'mine', file: 'mine.yaml' };
let outDir: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-retrain-'));
});

describe('the sample of tasks to train again', () => {
  const tasks = Array.from({ length: 50 }, (_, seed) => sampleTask(seed));
  const seeds = (count: number, seed: number) =>
    sampleTasks(tasks, count, seed).map((task) => Number(settingOf(task.settings, 'seed')));

  test('has the requested number of distinct tasks, or all of them', () => {
    assert.equal(new Set(seeds(7, 0)).size, 7);
    assert.deepEqual(
      seeds(100, 3).sort((a, b) => a - b),
      tasks.map((_, seed) => seed),
    );
  });

  test('depends on the seed, and not on the order of the tasks', () => {
    assert.deepEqual(
      sampleTasks(tasks.toReversed(), 7, 1).map((task) => settingOf(task.settings, 'seed')),
      seeds(7, 1),
    );
    assert.notDeepEqual(seeds(7, 1), seeds(7, 2));
  });
});

describe('training again', () => {
  test('reports identical results, different results and failures, and leaves the store unchanged', async () => {
    const [same, other, failing] = [
      standInTask(2, 'succeeds'),
      standInTask(3, 'succeeds'),
      standInTask(4, 'throws'),
    ];
    finish(outDir, same);
    finish(outDir, other, 'other bits');
    finish(outDir, failing);
    const compared = await retrain(SWEEP, [same, other, failing], standInOptions(outDir, { retries: 0 }));
    assert.deepEqual(compared?.slice(0, 2), [
      { task: same, differing: [], problem: null },
      { task: other, differing: Object.keys(sampleResults()), problem: null },
    ]);
    assert.match(compared[2]?.problem ?? '', /out of luck/);
    assert.deepEqual(readdirSync(outDir), ['tasks']);
    assert.deepEqual(verifyTask(taskFolder(outDir, other), other.id), { state: 'done' });
    assert.equal(readdirSync(path.join(outDir, 'tasks')).length, 3);
  });

  test('works while a run holds the store, because it has a folder of its own', async () => {
    const task = standInTask(2, 'succeeds');
    finish(outDir, task);
    const lock = await acquireStoreLock(outDir);
    const compared = await retrain(SWEEP, [task], standInOptions(outDir));
    await lock.release();
    assert.deepEqual(compared, [{ task, differing: [], problem: null }]);
  });

  test('compares nothing and leaves no files when it is stopped', async () => {
    const task = standInTask(2, 'succeeds');
    finish(outDir, task);
    const signal = AbortSignal.abort('SIGINT');
    assert.equal(await retrain(SWEEP, [task], standInOptions(outDir, { signal })), null);
    assert.deepEqual(readdirSync(outDir), ['tasks']);
  });

  test('removes the folder of a killed command, and not that of an active one', async () => {
    const task = standInTask(2, 'succeeds');
    finish(outDir, task);
    const [killed, atWork] = [path.join(outDir, 'verify-killed'), path.join(outDir, 'verify-at-work')];
    const lock = await acquireStoreLock(atWork);
    await (await acquireStoreLock(killed)).release();
    const locks = new LockFolder(killed);
    const owner = locks.read(1);
    assert.ok(owner !== null);
    locks.replace(1, { ...owner, released: false, processStart: '1' });
    await retrain(SWEEP, [task], standInOptions(outDir));
    assert.deepEqual(readdirSync(outDir).sort(), ['tasks', 'verify-at-work']);
    await lock.release();
  });

  test('reports a task with a result that is no longer in the store', async () => {
    const task = standInTask(2, 'succeeds');
    const compared = await retrain(SWEEP, [task], standInOptions(outDir));
    assert.deepEqual(compared, [
      { task, differing: [], problem: `the store no longer has its ${TASK_FILES.done}` },
    ]);
  });
});
