import assert from 'node:assert/strict';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, test } from 'node:test';
import yargs from 'yargs';
import { makePlan } from '../../src/cli/make-plan.js';
import { planText } from '../../src/cli/plan-text.js';
import { planCommand } from '../../src/cli/plan.js';
import { markFailed, prepareTaskFolder, TASK_FILES, taskFolder } from '../../src/store/task-folder.js';
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

/** Without the line on disk space, which differs from machine to machine. */
function textLines(text: string): string[] {
  return text.split('\n').filter((line) => !line.startsWith('Disk:'));
}

test('a plan of an empty store has one row for the runs that differ in their seed only', () => {
  assert.deepEqual(textLines(planText(makePlan(load(SWEEP), out, 2))), [
    '┌────────────┬───────┬─────────┬───────────────┬───────────────┐',
    '│ dimensions │ seeds │ state   │ time per task │ disk per task │',
    '├────────────┼───────┼─────────┼───────────────┼───────────────┤',
    '│ 3-12-20    │ 2, 3  │ pending │ 110 ms        │ 393 kB        │',
    '│ 9-20-20    │ 2, 3  │ pending │ 141 ms        │ 461 kB        │',
    '└────────────┴───────┴─────────┴───────────────┴───────────────┘',
    '',
    'sweep: 4 tasks: 4 pending.',
    'Time: about 251 ms on 2 workers for 40,000 steps; a rough estimate, start-up not counted.',
    '',
  ]);
});

test('a plan of computations has no steps, and a row for what tells them apart', () => {
  const text = 'experiment: identities\ngrid: { identity: [eq4, eq8], seed: [1, 2] }\n';
  assert.deepEqual(textLines(planText(makePlan(loadFrom({ 'mine.yaml': text }, 'mine.yaml'), out, 2))), [
    '┌──────────┬───────┬─────────┬───────────────┬───────────────┐',
    '│ identity │ seeds │ state   │ time per task │ disk per task │',
    '├──────────┼───────┼─────────┼───────────────┼───────────────┤',
    '│ eq4      │ 1, 2  │ pending │ 4 s           │ 44 kB         │',
    '│ eq8      │ 1, 2  │ pending │ 80 ms         │ 44 kB         │',
    '└──────────┴───────┴─────────┴───────────────┴───────────────┘',
    '',
    'mine: 4 tasks: 4 pending.',
    'Time: about 4 s on 2 workers; a rough estimate, start-up not counted.',
    '',
  ]);
});

test('a plan shows failed and corrupt tasks, and counts all that are not done', () => {
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
  assert.ok(planText(plan).includes('│ 1 failed, 1 corrupt │'));
  assert.ok(planText(plan).includes('sweep: 4 tasks: 2 pending, 1 failed, 1 corrupt.'));
  assert.equal(plan.remaining.tasks, 4);
});

test('other settings that vary are columns, and rows are bounded', () => {
  const steps = Array.from({ length: 50 }, (_, i) => i + 1);
  const text = planText(
    makePlan(load(SWEEP, { set: [`steps=${steps.join(',')}`, 'seed=1,2,3,4,5,6,7,8'] }), out, 2),
  );
  assert.ok(text.includes('│ dimensions │ steps │ seeds                    │'));
  assert.ok(text.includes('│ 3-12-20    │ 1     │ 1, 2, 3, 4, 5, 6, 2 more │'));
  assert.ok(text.includes('... and 60 more cells; --json lists every task\n'));
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

test('workers are a whole number', async () => {
  const parse = async (workers: string) =>
    await yargs(['plan', 'none.yaml', '--workers', workers]).command(planCommand).fail(false).parseAsync();
  for (const workers of ['0', '1.5', 'x', '2000'])
    await assert.rejects(parse(workers), {
      message: /^--workers: expected a whole number from 1 to 1024/,
    });
});

test('a store whose tasks can not be listed is an error', () => {
  const tasks = path.join(out, 'tasks');
  symlinkSync('tasks', tasks);
  assert.throws(() => makePlan(load(SWEEP), out, 1), {
    name: 'StoreError',
    message: `can't list ${tasks} (ELOOP): make it readable, or choose another folder with --out`,
  });
});
