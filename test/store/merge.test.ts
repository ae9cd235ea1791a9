import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { mergeStores, type Merged, type MergeOptions } from '../../src/store/merge.js';
import {
  readTaskState,
  TASK_FILES,
  taskFolder,
  verifyTask,
  tasksFolder,
} from '../../src/store/task-folder.js';
import type { Task } from '../../src/task/task.js';
import type { TrainingTask } from '../../src/experiments/vae/settings/task.js';
import { begin, fail, finish, interrupt } from './sample-store.js';
import { identifiedTask } from './sample-task.js';

const [one, two, three, four] = [1, 2, 3, 4].map(identifiedTask) as [
  TrainingTask,
  TrainingTask,
  TrainingTask,
  TrainingTask,
];
const { signal: never } = new AbortController();
let from: string;
let outDir: string;

beforeEach(() => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-merge-'));
  from = path.join(folder, 'from');
  outDir = path.join(folder, 'out');
});

async function merge(...changes: readonly object[]): Promise<Merged[]> {
  const options = {
    outDir,
    dryRun: false,
    signal: never,
    onCount: () => undefined,
    onEntry: () => undefined,
  };
  return mergeStores([from], Object.assign(options, ...changes) as MergeOptions);
}

function decisions(merged: readonly Merged[]): Record<string, string> {
  return Object.fromEntries(merged.map(({ name, decision }) => [name, decision.type]));
}

function contents(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(path.join(folder, name), 'hex')]),
  );
}

function stateOf(task: Task) {
  return readTaskState(taskFolder(outDir, task), task.id);
}

describe('merging a store', () => {
  test('copies done, interrupted and failed tasks, and not those that never started', async () => {
    finish(from, one);
    appendFileSync(path.join(interrupt(from, two, 40), TASK_FILES.stepsStream), 'rows');
    fail(from, three);
    begin(from, four);
    assert.deepEqual(decisions(await merge()), {
      [one.name]: 'copy',
      [two.name]: 'copy',
      [three.name]: 'copy',
      [four.name]: 'not started',
    });
    for (const task of [one, two, three])
      assert.deepEqual(contents(taskFolder(outDir, task)), contents(taskFolder(from, task)));
    assert.deepEqual(verifyTask(taskFolder(outDir, one), one.id), { state: 'done' });
    assert.deepEqual(
      readdirSync(tasksFolder(outDir)).sort(),
      [one, two, three].map(({ name }) => name).sort(),
    );
  });

  test('a second time changes nothing', async () => {
    finish(from, one);
    interrupt(from, two, 40);
    await merge();
    assert.deepEqual(decisions(await merge()), { [one.name]: 'present', [two.name]: 'present' });
  });

  test('replaces a task that has less progress, with all of its files', async () => {
    finish(from, one);
    interrupt(from, two, 40);
    interrupt(from, three, 40);
    appendFileSync(path.join(interrupt(outDir, one, 90), TASK_FILES.stepsStream), 'rows');
    interrupt(outDir, two, 30);
    interrupt(outDir, three, 50);
    assert.deepEqual(decisions(await merge()), {
      [one.name]: 'copy',
      [two.name]: 'copy',
      [three.name]: 'present',
    });
    assert.deepEqual(contents(taskFolder(outDir, one)), contents(taskFolder(from, one)));
    assert.deepEqual(stateOf(two), { state: 'interrupted', step: 40 });
    assert.deepEqual(stateOf(three), { state: 'interrupted', step: 50 });
    assert.equal(readdirSync(tasksFolder(outDir)).length, 3);
  });

  test('keeps the own results if both stores have finished a task, and names the files that differ', async () => {
    finish(from, one, 'other');
    const folder = finish(outDir, one);
    const before = contents(folder);
    const [merged] = await merge();
    assert.deepEqual(merged?.decision, {
      type: 'conflict',
      differing: [TASK_FILES.steps, TASK_FILES.evaluations, TASK_FILES.samples, TASK_FILES.parameters],
    });
    assert.deepEqual(contents(folder), before);
  });

  test('copies no task with a file that does not match its checksum, or settings that do not match its id', async () => {
    writeFileSync(path.join(finish(from, one), TASK_FILES.samples), 'samples.arrow CONTENT');
    const record = path.join(finish(from, two), TASK_FILES.task);
    writeFileSync(record, readFileSync(record, 'utf8').replace('"steps": 100', '"steps": 101'));
    const merged = await merge();
    assert.deepEqual(Object.fromEntries(merged.map(({ name, decision }) => [name, decision])), {
      [one.name]: {
        type: 'corrupt',
        problem: 'samples.arrow does not match its SHA-256 in done.json',
      },
      [two.name]: { type: 'corrupt', problem: "task.json does not match the task's id" },
    });
    assert.deepEqual(readdirSync(tasksFolder(outDir)), []);
  });

  test('does not replace a task in the target that is corrupt or not a folder', async () => {
    finish(from, one);
    finish(from, two);
    const corrupt = path.join(finish(outDir, one), TASK_FILES.steps);
    writeFileSync(corrupt, 'steps.arrow CONTENT');
    writeFileSync(taskFolder(outDir, two), '');
    assert.deepEqual(
      (await merge()).map(({ decision }) => ('problem' in decision ? decision : decision.type)),
      [
        { type: 'blocked', problem: 'steps.arrow does not match its SHA-256 in done.json' },
        { type: 'blocked', problem: 'is not a folder' },
      ],
    );
    assert.equal(readFileSync(corrupt, 'utf8'), 'steps.arrow CONTENT');
  });

  test('follows no symbolic link out of a store', async () => {
    const secret = path.join(from, 'secret');
    const log = path.join(interrupt(from, one, 40), TASK_FILES.stepsStream);
    writeFileSync(secret, 'secret');
    symlinkSync(secret, log);
    symlinkSync(from, taskFolder(from, two));
    assert.deepEqual(
      new Set((await merge()).map(({ decision }) => ('problem' in decision ? decision.problem : ''))),
      new Set(['steps.arrows is not a file', 'is a symbolic link']),
    );
    assert.deepEqual(readdirSync(tasksFolder(outDir)), []);
  });

  test('removes leftovers of interrupted merges, and completes them', async () => {
    finish(from, one);
    finish(outDir, two);
    for (const name of [`${one.name}.merging`, `${two.name}.removed`]) {
      mkdirSync(path.join(tasksFolder(outDir), name));
      writeFileSync(path.join(tasksFolder(outDir), name, TASK_FILES.steps), 'half');
    }
    await merge();
    assert.deepEqual(readdirSync(tasksFolder(outDir)).sort(), [one.name, two.name].sort());
  });

  test('counts the entries, and stops between two tasks on request', async () => {
    finish(from, one);
    finish(from, two);
    const stop = new AbortController();
    const counted: number[] = [];
    const merged = await merge({
      signal: stop.signal,
      onCount: (total: number) => counted.push(total),
      onEntry: () => {
        stop.abort();
      },
    });
    assert.deepEqual([counted, merged.length, readdirSync(tasksFolder(outDir)).length], [[2], 1, 1]);
  });
});

describe('a dry run', () => {
  test('makes the same decisions as the merge, for several stores too, and writes nothing', async () => {
    const second = path.join(path.dirname(from), 'second');
    finish(from, one);
    finish(second, one, 'other');
    interrupt(from, two, 40);
    finish(second, two);
    const both = async (dryRun: boolean) => {
      const signal = never;
      const options = { outDir, dryRun, signal, onCount: () => undefined, onEntry: () => undefined };
      return (await mergeStores([from, second], options)).map(({ name, decision }) => [name, decision.type]);
    };
    const planned = await both(true);
    assert.equal(existsSync(outDir), false);
    assert.deepEqual(planned, await both(false));
    assert.deepEqual(planned.map(([, type]) => type).sort(), ['conflict', 'copy', 'copy', 'copy']);
  });
});
