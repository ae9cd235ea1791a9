import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import yargs from 'yargs';
import { chooseUnreferenced, gcCommand } from '../../src/cli/gc.js';
import { installedVersions } from '../../src/task/registry.js';
import { listStore } from '../../src/store/inventory.js';
import { tasksFolder } from '../../src/store/task-folder.js';
import { acquireStoreLock } from '../../src/store/lock.js';
import { loadSweep } from '../../src/sweep/load.js';
import type { Task } from '../../src/task/task.js';
import type { TrainingTask } from '../../src/experiments/vae/settings/task.js';
import { fail, finish, interrupt } from '../store/sample-store.js';
import { sampleTask } from '../store/sample-task.js';
import { vaeSweep } from './command.js';

const INSTALLED = { tensorflow: '2.21.0', numerics: 1 };
let folder: string;
let outDir: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-gc-'));
  outDir = path.join(folder, 'out');
});

function choose(referenced: readonly Task[]) {
  const { victims, kept } = chooseUnreferenced(listStore(outDir), referenced, INSTALLED);
  return { victims: victims.map(({ entry, why }) => [entry.name, why]), kept };
}

/** Returns the task with another number of steps, which makes it another task with another id. */
function withSteps(steps: number, changes: Partial<TrainingTask> = {}): TrainingTask {
  return { ...sampleTask(1000 + steps), settings: sampleTask(1, { steps }).settings, ...changes };
}

describe('a task that no sweep references', () => {
  test('is chosen with its state, and referenced tasks are kept in any state', () => {
    const [referenced, failed, unreferenced, interrupted] = [1, 2, 3, 4].map((seed) => sampleTask(seed)) as [
      TrainingTask,
      TrainingTask,
      TrainingTask,
      TrainingTask,
    ];
    finish(outDir, referenced);
    fail(outDir, failed);
    finish(outDir, unreferenced);
    interrupt(outDir, interrupted, 40);
    assert.deepEqual(choose([referenced, failed]), {
      victims: [
        [unreferenced.name, 'not referenced (done)'],
        [interrupted.name, 'not referenced (interrupted, step 40 of 100)'],
      ],
      kept: 'Kept: 2 tasks referenced by the sweep files.\n',
    });
  });

  test('is chosen along with corrupt folders and leftovers of deletions, including those of referenced tasks', () => {
    const task = sampleTask(1);
    const place = finish(outDir, task);
    for (const suffix of ['.corrupt-1', '.removed']) cpSync(place, `${place}${suffix}`, { recursive: true });
    assert.deepEqual(choose([task]).victims, [
      [`${task.name}.corrupt-1`, 'corrupt, set aside'],
      [`${task.name}.removed`, 'left over from a deletion'],
    ]);
  });

  test('is kept if it differs from a referenced one only by fewer steps', () => {
    const referenced = withSteps(300);
    const shorter = withSteps(200);
    const longer = withSteps(400);
    const otherVersion = withSteps(100, { versions: { tensorflow: '2.20.0', numerics: 1 } });
    const otherSeed = sampleTask(2, { steps: 200 });
    for (const task of [shorter, longer, otherVersion, otherSeed]) finish(outDir, task);
    const { victims, kept } = choose([referenced, withSteps(10)]);
    assert.deepEqual(victims, [
      [otherVersion.name, 'not referenced (done, of TensorFlow 2.20.0)'],
      [longer.name, 'not referenced (done)'],
      [otherSeed.name, 'not referenced (done)'],
    ]);
    assert.equal(
      kept,
      `Kept: 0 tasks referenced by the sweep files.\nKept: 1 task with fewer steps than a referenced task: ${shorter.name}.\n`,
    );
  });

  test('is listed with its versions if they are not the installed ones', () => {
    finish(outDir, withSteps(100, { versions: { tensorflow: '2.20.0', numerics: 7 } }));
    assert.equal(
      choose([]).victims[0]?.[1],
      'not referenced (done, of TensorFlow 2.20.0, of numerics version 7)',
    );
  });

  test('is kept and named, up to a limit, if its folder is not recognized as that of a task', () => {
    mkdirSync(path.join(tasksFolder(outDir), 'photos'), { recursive: true });
    writeFileSync(path.join(tasksFolder(outDir), 'notes.txt'), '');
    assert.deepEqual(choose([]), {
      victims: [],
      kept: 'Kept: 0 tasks referenced by the sweep files.\nKept: 2 entries not created by vae-sweep (delete them by hand): notes.txt, photos.\n',
    });
    for (let i = 10; i < 50; i += 1) mkdirSync(path.join(tasksFolder(outDir), `a${i}`));
    assert.match(choose([]).kept, /: a10, a11, .*, a29 and 22 more\.\n$/);
  });
});

describe('vae-sweep gc', () => {
  const file = (seeds: string) => {
    const name = path.join(folder, 'mine.yaml');
    writeFileSync(
      name,
      `experiment: linear\ngrid: { dimensions: [[3, 12, 20]], seed: [${seeds}] }\nsettings: { steps: 10 }\n`,
    );
    return name;
  };

  function fill(): { first: Task; second: Task; other: string } {
    const [first, second] = loadSweep(file('1, 2'), { versions: installedVersions() }).tasks;
    assert.ok(first !== undefined && second !== undefined);
    for (const task of [first, second]) finish(outDir, task);
    const other = path.join(folder, 'other.yaml');
    cpSync(file('2'), other);
    file('1');
    return { first, second, other };
  }

  test('lists what it would delete and keep, and deletes only with --yes', () => {
    const { first, second } = fill();
    const mine = path.join(folder, 'mine.yaml');
    const dryRun = vaeSweep('gc', mine, '--out', outDir);
    assert.match(
      dryRun.stdout,
      new RegExp(`^To delete: 1 folder, .*\n[^]*│ ${second.name} │ not referenced \\(done\\) │`),
    );
    assert.match(
      dryRun.stdout,
      /\nKept: 1 task referenced by the sweep files\.\nDry run: nothing deleted\. Pass --yes to delete\.\n$/,
    );
    assert.equal(readdirSync(tasksFolder(outDir)).length, 2);
    const { stdout, status } = vaeSweep('gc', mine, '--out', outDir, '--yes');
    assert.match(stdout, /\nDeleted 1 folder, [\d.]+ kB\.\n$/);
    assert.deepEqual([readdirSync(tasksFolder(outDir)), status], [[first.name], 0]);
  });

  test('keeps tasks that any of several sweep files references', () => {
    const { other } = fill();
    const { stdout } = vaeSweep('gc', path.join(folder, 'mine.yaml'), other, '--out', outDir, '--yes');
    assert.equal(stdout, 'Nothing to delete.\nKept: 2 tasks referenced by the sweep files.\n');
  });

  test('is rejected while a run holds the store', async () => {
    fill();
    const lock = await acquireStoreLock(outDir);
    const { status, stderr } = vaeSweep('gc', path.join(folder, 'mine.yaml'), '--out', outDir, '--yes');
    await lock.release();
    assert.equal(status, 3);
    assert.match(stderr, /is in use by process /);
    assert.equal(readdirSync(tasksFolder(outDir)).length, 2);
  });

  const parse = async (...args: readonly string[]) =>
    await yargs(['gc', ...args, '--yes'])
      .command(gcCommand)
      .strict()
      .fail(false)
      .parseAsync();

  test('rejects a missing sweep file and a folder without a store', async () => {
    await assert.rejects(parse('--out', outDir), {
      message: 'Not enough non-option arguments: got 0, need at least 1',
    });
    await assert.rejects(parse(path.join(folder, 'none.yaml'), '--out', outDir), { name: 'InputError' });
    await assert.rejects(parse(file('1'), '--out', outDir), {
      name: 'InputError',
      message: `there are no tasks in ${tasksFolder(outDir)}: pass the store with --out`,
    });
  });
});
