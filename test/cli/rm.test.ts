import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import yargs from 'yargs';
import { tasksFolder } from '../../src/store/task-folder.js';
import { rmCommand } from '../../src/cli/rm.js';
import { acquireStoreLock, readStoreOwner } from '../../src/store/lock.js';
import type { TrainingTask } from '../../src/experiments/vae/settings/task.js';
import { fail, finish, interrupt } from '../store/sample-store.js';
import { sampleTask } from '../store/sample-task.js';
import { vaeSweep } from './command.js';

const [done, interrupted, failed] = [1, 2, 3].map((seed) => sampleTask(seed)) as [
  TrainingTask,
  TrainingTask,
  TrainingTask,
];
let outDir: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-rm-'));
  finish(outDir, done);
  interrupt(outDir, interrupted, 40);
  fail(outDir, failed);
});

function rm(...args: readonly string[]) {
  return vaeSweep('rm', '--out', outDir, ...args);
}

function remaining(): string[] {
  return readdirSync(tasksFolder(outDir)).sort();
}

describe('vae-sweep rm', () => {
  test('lists what it would delete, with sizes, and deletes nothing without --yes', () => {
    const { stdout, status } = rm(done.name, interrupted.id);
    assert.equal(status, 0);
    assert.match(stdout, /^To delete: 2 folders, [\d.]+ kB\.\n/);
    assert.match(stdout, new RegExp(`│ ${done.name} +│ done +│ [\\d.]+ kB │`));
    assert.match(stdout, new RegExp(`│ ${interrupted.name} +│ interrupted, step 40 of 100 │ [\\d.]+ B +│`));
    assert.match(stdout, /\nDry run: nothing deleted\. Pass --yes to delete\.\n$/);
    assert.equal(remaining().length, 3);
  });

  test('deletes by name and by id with --yes, and releases the lock', () => {
    const { stdout, status } = rm(done.name, interrupted.id, interrupted.name, '--yes');
    assert.match(stdout, /\nDeleted 2 folders, [\d.]+ kB\.\n$/);
    assert.deepEqual([remaining(), status], [[failed.name], 0]);
    assert.equal(readStoreOwner(outDir), null);
  });

  test('deletes by state and settings', () => {
    rm('--state', 'failed', '--yes');
    assert.deepEqual(remaining(), [done.name, interrupted.name]);
    rm('--only', 'seed=1,2', '--state', 'interrupted', '--yes');
    assert.deepEqual(remaining(), [done.name]);
  });

  test('deletes leftovers of interrupted commands, and a corrupt folder by its name', () => {
    const folder = path.join(tasksFolder(outDir), done.name);
    for (const suffix of ['removed', 'merging']) cpSync(folder, `${folder}.${suffix}`, { recursive: true });
    cpSync(folder, `${folder}.corrupt-1`, { recursive: true });
    const { stdout } = rm(`${done.name}.corrupt-1`, '--yes');
    assert.match(stdout, /│ corrupt, set aside +│/);
    assert.match(stdout, /│ left over from a deletion +│/);
    assert.match(stdout, /│ left over from a merge +│/);
    assert.deepEqual(remaining(), [done.name, interrupted.name, failed.name]);
  });

  test('reports that no task has the state', () => {
    assert.deepEqual(rm('--state', 'corrupt', '--yes'), {
      status: 0,
      stdout: 'Nothing to delete.\n',
      stderr: '',
    });
  });

  test('is rejected while a run holds the store, but still lists what it would delete', async () => {
    const lock = await acquireStoreLock(outDir);
    const [rejected, dryRun] = [rm(done.name, '--yes'), rm(done.name)];
    await lock.release();
    assert.deepEqual([rejected.status, rejected.stdout], [3, '']);
    assert.match(
      rejected.stderr,
      new RegExp(`^vae-sweep: ${outDir} is in use by process ${process.pid} on `),
    );
    assert.equal(dryRun.status, 0);
    assert.equal(remaining().length, 3);
  });
});

describe('vae-sweep rm rejects', () => {
  const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'a deletion of everything',
      ['--yes'],
      /^nothing is selected: pass names or ids of tasks, or select tasks with --state failed, --only seed=7 or --tag$/,
    ],
    [
      'names and a filter',
      [done.name, '--state', 'failed'],
      /^pass either names of tasks, or --state, --only and --tag, not both$/,
    ],
    [
      'a path',
      [`../tasks/${done.name}`],
      /^\.\.\/tasks\/linear-.*: expected a name or an id, not a path. List the names with vae-sweep ls$/,
    ],
    [
      'a misspelled name',
      [done.name.replace('linear', 'lienar')],
      /^Task not found: lienar-.* in .*\. Did you mean "linear-3-12-20-seed-1-0000000000000001"\?$/,
    ],
    ['an unknown name', ['x'], /^Task not found: x in [^;]*\/tasks\. List the tasks with vae-sweep ls$/],
    ['a symbolic link', ['link'], /^link: is a symbolic link in .*\/tasks: delete it by hand$/],
  ];
  for (const [name, args, message] of mistakes)
    test(name, async () => {
      symlinkSync(outDir, path.join(tasksFolder(outDir), 'link'));
      await assert.rejects(parse(outDir, ...args, '--yes'), { name: 'InputError', message });
      assert.equal(remaining().length, 4);
      assert.equal(readStoreOwner(outDir), null);
    });

  test('a folder that is not a store, and creates nothing', async () => {
    const missing = path.join(outDir, 'not-yet');
    await assert.rejects(parse(missing, 'x', '--yes'), {
      name: 'InputError',
      message: `there are no tasks in ${path.join(missing, 'tasks')}: pass the store with --out`,
    });
    assert.deepEqual(readdirSync(outDir), ['tasks']);
  });
});

async function parse(out: string, ...args: readonly string[]): Promise<unknown> {
  return await yargs(['rm', '--out', out, ...args])
    .command(rmCommand)
    .strict()
    .fail(false)
    .parseAsync();
}
