import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import yargs from 'yargs';
import { listText } from '../../src/cli/ls-text.js';
import { lsCommand } from '../../src/cli/ls.js';
import type { TaskEntry } from '../../src/store/inventory.js';
import { listStore } from '../../src/store/inventory.js';
import { TASK_FILES, tasksFolder } from '../../src/store/task-folder.js';
import type { TrainingTask } from '../../src/experiments/vae/settings/task.js';
import { begin, fail, finish, interrupt } from '../store/sample-store.js';
import { sampleTask } from '../store/sample-task.js';
import { vaeSweep, vaeSweepInto } from './command.js';

const CHANGED = new Date('2026-01-01T12:00:00Z');
const tasks = [1, 2, 3, 4, 5].map((seed) => sampleTask(seed, { steps: seed < 3 ? 100 : 200_000 })) as [
  TrainingTask,
  TrainingTask,
  TrainingTask,
  TrainingTask,
  TrainingTask,
];
let outDir: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-ls-'));
});

function fill(): void {
  const [done, pending, interrupted, failed, corrupt] = tasks;
  cpSync(finish(outDir, done), path.join(tasksFolder(outDir), `${done.name}.corrupt-1`), { recursive: true });
  begin(outDir, pending);
  interrupt(outDir, interrupted, 4_000);
  fail(outDir, failed, 'diverged');
  rmSync(path.join(finish(outDir, corrupt), TASK_FILES.samples));
  mkdirSync(path.join(tasksFolder(outDir), 'photos'));
}

function listed(...options: readonly string[]): { name: string }[] {
  const { stdout, stderr, status } = vaeSweep('ls', '--out', outDir, '--json', ...options);
  assert.deepEqual([stderr, status], ['', 0]);
  return JSON.parse(stdout) as { name: string }[];
}

function namesOf(...options: readonly string[]): string[] {
  return listed(...options).map(({ name }) => name);
}

test('the table shows the varying settings that names do not contain, states, ages and sizes, then problems and totals', () => {
  fill();
  const entries = listStore(outDir).map((entry) => ({
    ...entry,
    bytes: 1_500,
    changedMs: CHANGED.getTime(),
  }));
  const text = listText(entries, outDir, new Date(CHANGED.getTime() + 90_000));
  assert.deepEqual(text.split('\n'), [
    '┌──────────────────────────────────────────────────┬────────┬────────────────────────────────────┬────────────┬────────┐',
    '│ name                                             │ steps  │ state                              │ age        │ size   │',
    '├──────────────────────────────────────────────────┼────────┼────────────────────────────────────┼────────────┼────────┤',
    '│ linear-3-12-20-seed-1-0000000000000001           │ 100    │ done                               │ 1 min 30 s │ 1.5 kB │',
    '│ linear-3-12-20-seed-1-0000000000000001.corrupt-1 │        │ corrupt, set aside                 │ 1 min 30 s │ 1.5 kB │',
    '│ linear-3-12-20-seed-2-0000000000000002           │ 100    │ pending                            │ 1 min 30 s │ 1.5 kB │',
    '│ linear-3-12-20-seed-3-0000000000000003           │ 200000 │ interrupted, step 4,000 of 200,000 │ 1 min 30 s │ 1.5 kB │',
    '│ linear-3-12-20-seed-4-0000000000000004           │ 200000 │ failed (diverged)                  │ 1 min 30 s │ 1.5 kB │',
    '│ linear-3-12-20-seed-5-0000000000000005           │ 200000 │ corrupt                            │ 1 min 30 s │ 1.5 kB │',
    '│ photos                                           │        │ not created by vae-sweep           │ 1 min 30 s │ 1.5 kB │',
    '└──────────────────────────────────────────────────┴────────┴────────────────────────────────────┴────────────┴────────┘',
    'linear-3-12-20-seed-4-0000000000000004: out of luck (diverged)',
    'linear-3-12-20-seed-5-0000000000000005: samples.arrow is missing',
    'photos: has no task.json',
    '5 tasks (1 done, 1 interrupted, 1 pending, 1 failed, 1 corrupt); 1 corrupt, set aside; 1 not created by vae-sweep; 10.5 kB in total.',
    '',
  ]);
});

test('rows and problems are limited, and the totals count everything', () => {
  const entry = (seed: number): TaskEntry => ({
    kind: 'task',
    name: `t${seed}`,
    task: sampleTask(seed),
    bytes: 1_000,
    changedMs: 0,
    state: { state: 'corrupt', problem: 'broken' },
  });
  const entries = Array.from({ length: 1_200 }, (_, seed) => entry(seed));
  const lines = listText(entries, outDir, CHANGED).split('\n');
  assert.ok(
    lines.includes('... and 200 more; select some with --only, --state or --tag, or list all with --json'),
  );
  assert.deepEqual(lines.slice(-4), [
    't19: broken',
    '... and 1,180 more',
    '1,200 tasks (1,200 corrupt); 1.2 MB in total.',
    '',
  ]);
});

describe('vae-sweep ls', () => {
  test('reports that a store is empty', () => {
    assert.deepEqual(vaeSweep('ls', '--out', outDir), {
      status: 0,
      stdout: `No tasks in ${path.join(outDir, 'tasks')}.\n`,
      stderr: '',
    });
  });

  test('prints every entry as JSON with id, state, settings and versions', () => {
    const [, , , failed] = tasks;
    fill();
    const entry = listed().find(({ name }) => name === failed.name);
    assert.ok(entry !== undefined);
    assert.deepEqual(
      { ...entry, bytes: 0, changedAt: '' },
      {
        kind: 'task',
        name: failed.name,
        bytes: 0,
        changedAt: '',
        id: failed.id,
        state: 'failed',
        failure: {
          reason: 'diverged',
          message: 'out of luck (diverged)',
          step: null,
          lastFinite: null,
          attempts: 1,
        },
        step: null,
        settings: failed.settings,
        versions: failed.versions,
      },
    );
  });

  test('filters by settings and states, which leaves out entries that are not tasks', () => {
    const [done, pending, , failed] = tasks.map(({ name }) => name);
    fill();
    assert.equal(namesOf().length, 7);
    assert.deepEqual(namesOf('--state', 'done,new', '--state', 'failed'), [done, pending, failed]);
    assert.deepEqual(namesOf('--state', 'done,failed', '--only', 'seed=2,4'), [failed]);
  });

  test('sorts by age, latest change first, and by size, largest first', () => {
    const [first, second] = tasks;
    const folder = finish(outDir, first);
    finish(outDir, second, 'x'.repeat(1_000));
    for (const file of ['', ...Object.values(TASK_FILES)])
      try {
        utimesSync(path.join(folder, file), new Date('2100-01-01'), new Date('2100-01-01'));
      } catch {
        // Not every file exists.
      }
    assert.deepEqual(namesOf('--sort', 'age'), [first.name, second.name]);
    assert.deepEqual(namesOf('--sort', 'size'), [second.name, first.name]);
  });

  test('exits quietly when the reader of its output closes the pipe', () => {
    for (let seed = 0; seed < 200; seed += 1) begin(outDir, sampleTask(seed));
    const { stderr, status } = vaeSweepInto('head -1', 'ls', '--json', '--out', outDir);
    assert.deepEqual([stderr, status], ['', 0]);
  });

  const mistakes: readonly (readonly [string, readonly string[], string])[] = [
    [
      'an unknown state',
      ['--state', 'done,lost'],
      '--state: expected one or more of done, interrupted, new, failed, corrupt, got "lost"',
    ],
    [
      'a value that no task has',
      ['--only', 'seed=77'],
      '--only seed=77: no task has this value. Existing values: 1',
    ],
    ['an invalid filter', ['--only', 'seed'], '--only seed: expected key=value or key=value,value'],
    [
      'a combination of values that no task has',
      ['--only', 'seed=1', '--only', 'steps=7'],
      '--only steps=7: no task has this value. Existing values: 100',
    ],
  ];
  for (const [name, options, message] of mistakes)
    test(`rejects ${name}`, async () => {
      finish(outDir, tasks[0]);
      writeFileSync(path.join(tasksFolder(outDir), 'file'), '');
      const parse = async () =>
        await yargs(['ls', '--out', outDir, ...options])
          .command(lsCommand)
          .strict()
          .fail(false)
          .parseAsync();
      await assert.rejects(parse(), { message });
    });
});
