import assert from 'node:assert/strict';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import yargs from 'yargs';
import { makePlan } from '../../src/cli/make-plan.js';
import { planText } from '../../src/cli/plan-text.js';
import { planCommand } from '../../src/cli/plan.js';
import { markFailed, prepareTaskFolder, TASK_FILES, taskFolder } from '../../src/store/task-folder.js';
import { estimateCost } from '../../src/task/cost.js';
import { finish, interrupt } from '../store/sample-store.js';
import { load, loadFrom } from '../sweep/sweep-folder.js';

const SWEEP = `
experiment: linear
grid:
  dimensions: [[3, 12, 20], [9, 20, 20]]
  seed: [2, 3]
settings: { steps: 10000 }
`;

let out: string;

beforeEach(() => {
  out = mkdtempSync(path.join(tmpdir(), 'vae-sweep-plan-'));
});

/** Returns the lines without the one about disk space, which differs between machines. */
function textLines(text: string): string[] {
  return text.split('\n').filter((line) => !line.startsWith('Disk:'));
}

test('a plan for an empty store has one row per cell, with its seeds', () => {
  assert.deepEqual(textLines(planText(makePlan(load(SWEEP), out, 2), 50)), [
    'dimensions  seeds  tasks  state    time per task  disk per task',
    '3-12-20     2, 3   2      pending  144 ms         393 kB',
    '9-20-20     2, 3   2      pending  176 ms         461 kB',
    '',
    'sweep: 4 tasks: 4 pending.',
    'Time: about 320 ms on 2 workers for 40,000 steps; a rough estimate without start-up.',
    '',
  ]);
});

test('a plan for an experiment without steps has one row per value of its main setting', () => {
  const text = 'experiment: identities\ngrid: { identity: [eq4, eq8], seed: [1, 2] }\n';
  assert.deepEqual(textLines(planText(makePlan(loadFrom({ 'mine.yaml': text }, 'mine.yaml'), out, 2), 50)), [
    'identity  seeds  tasks  state    time per task  disk per task',
    'eq4       1, 2   2      pending  4 s            44 kB',
    'eq8       1, 2   2      pending  80 ms          44 kB',
    '',
    'mine: 4 tasks: 4 pending.',
    'Time: about 4 s on 2 workers; a rough estimate without start-up.',
    '',
  ]);
});

test('a plan counts the combinations that a search skips', () => {
  const text =
    'experiment: sphere\ngrid: { seed: [1, 2] }\nsample: { count: 8 }\n' +
    'space: { dimensions: { choice: [[2, 6, 6], [5, 5, 6]] } }\n';
  assert.deepEqual(textLines(planText(makePlan(load(text), out, 2), 50)).slice(3, 5), [
    'sweep: 2 tasks: 2 pending.',
    'Skipped: 8 combinations that are not allowed (expected an ambient dimension of at least 6 (the intrinsic dimension + 1), got 5); 6 combinations that repeat others.',
  ]);
});

test('a plan shows failed and corrupt tasks, and estimates what a run would execute', () => {
  const sweep = load(SWEEP);
  const [first, second] = sweep.tasks;
  assert.ok(first !== undefined && second !== undefined);
  for (const task of [first, second]) prepareTaskFolder(taskFolder(out, task), task);
  writeFileSync(path.join(taskFolder(out, first), TASK_FILES.done), '{}');
  markFailed(taskFolder(out, second), {
    reason: 'error',
    message: 'x',
    step: null,
    lastFinite: null,
    attempts: 1,
  });
  const plan = makePlan(sweep, out, 1);
  assert.deepEqual(
    [...plan.tasks.values()].map(({ state }) => state),
    ['corrupt', 'failed', 'new', 'new'],
  );
  assert.ok(planText(plan, 50).includes('  1 failed, 1 corrupt  '));
  assert.ok(planText(plan, 50).includes('sweep: 4 tasks: 2 pending, 1 failed, 1 corrupt.'));
  // A run executes the failed task again, but not the corrupt one.
  assert.equal(plan.remaining.tasks, 3);
});

test('a plan counts the steps and the time after a checkpoint', () => {
  const sweep = load(SWEEP);
  const before = makePlan(sweep, out, 1).remaining;
  const [first] = sweep.tasks;
  assert.ok(first !== undefined);
  interrupt(out, first, 4000);
  const { steps, elapsedMs } = makePlan(sweep, out, 1).remaining;
  assert.deepEqual([before.steps, steps], [40_000, 36_000]);
  const trainedMs = 0.4 * estimateCost(first.settings).trainingMs;
  assert.ok(Math.abs(before.elapsedMs - elapsedMs - trainedMs) < 1e-6);
});

test('a plan estimates by the times of finished tasks, and says so', () => {
  const sweep = load(SWEEP);
  const [first] = sweep.tasks;
  assert.ok(first !== undefined);
  const folder = finish(out, first);
  const { microsecondsPerStep } = estimateCost(first.settings);
  const attempt = { start: '2026-01-01T12:00:00.000Z', fromStep: 0, toStep: 10_000 };
  writeFileSync(
    path.join(folder, TASK_FILES.run),
    JSON.stringify([{ ...attempt, microsecondsPerStep: 3 * microsecondsPerStep }]),
  );
  const plan = makePlan(sweep, out, 1);
  const expected = sweep.tasks.slice(1).map(({ settings }) => 3 * estimateCost(settings).trainingMs);
  assert.ok(Math.abs(plan.remaining.elapsedMs - expected.reduce((a, b) => a + b)) < 1e-6);
  assert.match(
    planText(plan, 50),
    /^Times of linear: 3 times the declared ones, learned from 1 finished task\.$/m,
  );
});

test('the values of other settings are listed in the row of their cell', () => {
  const steps = Array.from({ length: 50 }, (_, i) => i + 1);
  const sweep = load(SWEEP, { set: [`steps=${steps.join(',')}`, 'seed=1,2'] });
  assert.deepEqual(
    planText(makePlan(sweep, out, 2), 50)
      .split('\n')
      .slice(0, 3),
    [
      'dimensions  steps                      seeds  tasks  state    time per task   disk per task',
      '3-12-20     1, 2, 3, 4, 5, 6, 44 more  1, 2   100    pending  28 ms to 29 ms  152 kB to 153 kB',
      '9-20-20     1, 2, 3, 4, 5, 6, 44 more  1, 2   100    pending  28 ms to 29 ms  220 kB to 222 kB',
    ],
  );
});

describe('a plan that is longer than the screen', () => {
  const dimensions = Array.from({ length: 60 }, (_, i) => `[3, ${i + 12}, 20]`).join(', ');
  const part = `{ experiment: linear, grid: { dimensions: [${dimensions}], seed: [2] } }`;

  test('shows the first cells of a single sweep, and all with --all', () => {
    const plan = makePlan(load(part), out, 2);
    const text = planText(plan, 24);
    assert.equal(text.split('\n').length - 1, 24);
    assert.match(text, /^\.\.\. and 42 more cells\. Pass --all to show them, or --json for every task\.$/m);
    assert.match(planText(plan, Infinity), /^3-71-20 /m);
  });

  test('shows one row for each of several sweeps', () => {
    const files = {
      'a.yaml': part,
      'all.yaml': 'sweeps: [a.yaml, b.yaml]',
      'b.yaml': part.replace('[2]', '[3, 4]'),
    };
    const plan = makePlan(loadFrom(files, 'all.yaml'), out, 2);
    assert.deepEqual(
      planText(plan, 24)
        .split('\n')
        .slice(0, 4)
        .map((line) => line.replaceAll(/ {2,}/g, '  ')),
      [
        'sweep  cells  tasks  state  time per task  disk per task',
        'a  60  60  pending  1 s to 3 s  2.56 MB to 3.06 MB',
        'b  60  120  pending  1 s to 3 s  2.56 MB to 3.06 MB',
        'Pass --all to show the cells of each.',
      ],
    );
  });
});

test('vae-sweep plan --json prints every task with its settings, state and cost', async (t) => {
  const file = path.join(out, 'mine.yaml');
  writeFileSync(file, SWEEP);
  const write = t.mock.method(process.stdout, 'write', () => true);
  await yargs([
    'plan',
    '--only',
    'seed=2',
    '--set',
    'steps=20',
    file,
    '--json',
    '--out',
    path.join(out, 'not-yet'),
  ])
    .command(planCommand)
    .strict()
    .fail(false)
    .parseAsync();
  write.mock.restore();
  const printed: unknown = JSON.parse(String(write.mock.calls[0]?.arguments[0]));
  assert.ok(
    typeof printed === 'object' && printed !== null && 'tasks' in printed && Array.isArray(printed.tasks),
  );
  const tasks = printed.tasks as { name: string; state: string; settings: { steps: number; seed: number } }[];
  assert.deepEqual(
    tasks.map(({ state, settings }) => [state, settings.seed, settings.steps]),
    [
      ['new', 2, 20],
      ['new', 2, 20],
    ],
  );
});

test('rejects numbers of workers that are not whole', async () => {
  const parse = async (workers: string) =>
    await yargs(['plan', 'none.yaml', '--workers', workers]).command(planCommand).fail(false).parseAsync();
  for (const workers of ['0', '1.5', 'x', '2000'])
    await assert.rejects(parse(workers), {
      message: /^--workers: expected a whole number from 1 to 1024/,
    });
});

test('a store with tasks that cannot be listed is an error', () => {
  const tasks = path.join(out, 'tasks');
  symlinkSync('tasks', tasks);
  assert.throws(() => makePlan(load(SWEEP), out, 1), {
    name: 'StoreError',
    message: `can't list ${tasks} (ELOOP): make it readable, or choose another folder with --out`,
  });
});
