import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import '../../src/experiments/index.js';
import { gridOf } from '../../src/dashboard/grid.js';
import { taskDetail } from '../../src/dashboard/task-detail.js';
import { TaskLogs } from '../../src/dashboard/task-logs.js';
import { SweepWatch } from '../../src/dashboard/watch.js';
import { TASK_FILES, taskFolder } from '../../src/store/task-folder.js';
import type { Sweep } from '../../src/sweep/load.js';
import { NOTHING_SKIPPED } from '../../src/sweep/expand.js';
import { computeInto } from '../experiments/paper/statements/computed-runs.js';

const outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-detail-'));
const task = computeInto(outDir, { kind: 'identities', identity: 'eq8', draws: 3, maxDim: 3 });
const about = { name: 'own', title: null, file: 'own.yaml', tasks: [task] };
const part = { ...about, experiment: 'identities', table: null, varying: [], space: [] };
const sweep: Sweep = { ...about, parts: [part], shard: null, skipped: NOTHING_SKIPPED, searches: [] };

test('a done task with rows shows its result, and an unfinished one its last row', async () => {
  const watch = new SweepWatch({ sweep, reload: null }, { outDir, workers: 1 });
  const done = await taskDetail(watch, new TaskLogs(), task);
  assert.equal(done.metricsTitle, 'Result');
  assert.deepEqual(new Map(done.metrics).get('holds'), 'yes');
  assert.deepEqual(new Map(done.metrics).get('draws'), '3');

  const folder = taskFolder(outDir, task);
  rmSync(path.join(folder, TASK_FILES.done));
  renameSync(path.join(folder, TASK_FILES.rows), path.join(folder, 'rows-kept.arrow'));
  const unfinished = await taskDetail(watch, new TaskLogs(), task);
  assert.deepEqual([unfinished.metricsTitle, unfinished.metrics], ['Last row', []]);
});

test('the headings of a grid have the values of the seeds', () => {
  const [view] = gridOf(sweep);
  assert.deepEqual(view?.columns, [{ name: 'seed 1', short: '1' }]);
  assert.equal(view.rows[0]?.tasks[0]?.unit, 'row');
});
