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
  assert.deepEqual(time, { experiment: 'count', unit: 'row', microsecondsPerStep: 100, finishedTasks: 0 });
});

test('the time is the median over finished tasks, including those of other sweeps', () => {
  const stored = tasksOf('count', 5);
  const lastFolder = finishIn(stored[4], 1_000_000);
  rmSync(path.join(lastFolder, TASK_FILES.samples));
  [30, 10, 500].forEach((microseconds, index) => finishIn(stored[index], microseconds));
  begin(outDir, stored[3] as Task);
  const sweep = stored.filter((_, index) => index !== 0);
  const { times, costs } = learn(sweep);
  assert.deepEqual(times, [{ experiment: 'count', unit: 'row', microsecondsPerStep: 30, finishedTasks: 3 }]);
  assert.deepEqual([costs[0]?.microsecondsPerStep, costs[0]?.trainingMs], [30, 0.3]);
});

test('a finished task with fewer rows than estimated counts as having all of them', () => {
  const tasks = tasksOf('count', 2);
  finishIn(tasks[0], 100, 5);
  assert.equal(learn(tasks).times[0]?.microsecondsPerStep, 50);
});

test('a declared time is kept, and does not affect other experiments', () => {
  const declared = tasksOf('count-declared', 1);
  finishIn(declared[0], 900);
  const { times, costs } = learn([...declared, ...tasksOf('count', 1), sampleTask(2)]);
  assert.deepEqual(
    times.map(({ experiment, finishedTasks }) => [experiment, finishedTasks]),
    [['count', 0]],
  );
  assert.equal(costs[0]?.microsecondsPerStep, 7);
});

test('at most 50 tasks are read', () => {
  const tasks = tasksOf('count', 120);
  for (const task of tasks) finishIn(task, 20);
  assert.equal(learn(tasks).times[0]?.finishedTasks, 40);
  assert.equal(learn(tasks.slice(0, 1)).times[0]?.finishedTasks, 41);
});
