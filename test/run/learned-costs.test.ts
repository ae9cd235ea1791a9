import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, beforeEach, test } from 'node:test';
import { learnCosts } from '../../src/run/learned-costs.js';
import { TASK_FILES } from '../../src/store/task-folder.js';
import { readTaskStates } from '../../src/store/task-states.js';
import { loadSweep } from '../../src/sweep/load.js';
import { installPlugins } from '../../src/input/plugins.js';
import { estimateCost } from '../../src/task/cost.js';
import { installedVersions } from '../../src/task/registry.js';
import type { Task } from '../../src/task/task.js';
import { begin, finish } from '../store/sample-store.js';
import { sampleTask } from '../store/sample-task.js';

const column = "{ name: 'n', unit: '1', description: 'A number' }";
const parts = `settings: {}, columns: { rows: [${column}], summary: [${column}] }, rows: () => 10, run: function* () { return {}; }`;
const PLUGIN = `export default { name: 'own', experiments: [
  { name: 'count', form: 'function', ${parts} },
  { name: 'count-declared', form: 'function', microsecondsPerStep: 7, ${parts} },
] };
`;

let outDir: string;

before(async () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'vae-sweep-plugin-')), 'own.mjs');
  writeFileSync(file, PLUGIN);
  await installPlugins([file]);
});

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-learned-'));
});

function tasksOf(experiment: string, seeds: number): readonly Task[] {
  const seed = Array.from({ length: seeds }, (_, index) => index);
  const sweep = { name: 'mine', experiment, grid: { seed } };
  return loadSweep(sweep, { versions: installedVersions() }).tasks;
}

/** Finishes the task with a attempt that records this time per row. */
function finishIn(task: Task | undefined, microsecondsPerStep: number, rows = 10): string {
  assert.ok(task !== undefined);
  const folder = finish(outDir, task);
  const attempt = { start: '2026-01-01T12:00:00.000Z', fromStep: 0, toStep: rows, microsecondsPerStep };
  writeFileSync(path.join(folder, TASK_FILES.run), JSON.stringify([attempt]));
  return folder;
}

function learn(tasks: readonly Task[]) {
  const { costOf, times } = learnCosts(outDir, tasks, readTaskStates(outDir, tasks));
  return { times, costs: tasks.map(({ settings }) => costOf(settings)) };
}

test('the time is assumed before any task has finished', () => {
  const [time] = learn(tasksOf('count', 2)).times;
  const expected = { experiment: 'count', unit: 'row', ratio: 1, microsecondsPerStep: 100, finishedTasks: 0 };
  assert.deepEqual(time, expected);
});

test('the time is the median over finished tasks, including those of other sweeps', () => {
  const stored = tasksOf('count', 5);
  const lastFolder = finishIn(stored[4], 1_000_000);
  rmSync(path.join(lastFolder, TASK_FILES.samples));
  [30, 10, 500].forEach((microseconds, index) => finishIn(stored[index], microseconds));
  begin(outDir, stored[3] as Task);
  const sweep = stored.filter((_, index) => index !== 0);
  const { times, costs } = learn(sweep);
  assert.deepEqual(times, [
    { experiment: 'count', unit: 'row', ratio: 0.3, microsecondsPerStep: 30, finishedTasks: 3 },
  ]);
  assert.deepEqual([costs[0]?.microsecondsPerStep, costs[0]?.trainingMs], [30, 0.3]);
});

test('a finished task with fewer rows than estimated counts as having all of them', () => {
  const tasks = tasksOf('count', 2);
  finishIn(tasks[0], 100, 5);
  assert.equal(learn(tasks).times[0]?.microsecondsPerStep, 50);
});

test('declared times are multiplied by the median ratio of measured to declared times', () => {
  const declared = tasksOf('count-declared', 2);
  finishIn(declared[0], 21);
  const { times, costs } = learn([...declared, ...tasksOf('count', 1), sampleTask(2)]);
  assert.deepEqual(times[0], {
    experiment: 'count-declared',
    unit: 'row',
    ratio: 3,
    microsecondsPerStep: null,
    finishedTasks: 1,
  });
  assert.deepEqual(
    costs.map(({ microsecondsPerStep }) => microsecondsPerStep),
    [21, 21, 100, estimateCost(sampleTask(2).settings).microsecondsPerStep],
  );
});

test('at most 50 tasks are read', () => {
  const tasks = tasksOf('count', 120);
  for (const task of tasks) finishIn(task, 20);
  assert.equal(learn(tasks).times[0]?.finishedTasks, 40);
  assert.equal(learn(tasks.slice(0, 1)).times[0]?.finishedTasks, 41);
});
