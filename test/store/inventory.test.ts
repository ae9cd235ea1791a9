import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { settingOf } from '../../src/task/settings.js';
import { lastChangeMs, listStore } from '../../src/store/inventory.js';
import { TASK_FILES, tasksFolder } from '../../src/store/task-folder.js';
import { begin, fail, finish, interrupt } from './sample-store.js';
import { sampleTask } from './sample-task.js';

let outDir: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-inventory-'));
});

function inTasks(name: string): string {
  return path.join(tasksFolder(outDir), name);
}

/** Returns the names and problems of entries that are not tasks. */
function problems(): string[] {
  return listStore(outDir).flatMap((entry) =>
    entry.kind === 'foreign' ? [`${entry.name}: ${entry.problem}`] : [],
  );
}

test('a store without tasks has no entries', () => {
  assert.deepEqual(listStore(outDir), []);
  assert.deepEqual(listStore(path.join(outDir, 'not-yet')), []);
});

test('a task is listed with its settings, state, size and the time of its latest change', () => {
  const task = sampleTask(2);
  const folder = finish(outDir, task);
  writeFileSync(path.join(folder, 'more'), 'x'.repeat(1000));
  const [before] = listStore(outDir);
  assert.ok(before?.kind === 'task');
  assert.deepEqual([before.name, before.task, before.state], [task.name, task, { state: 'done' }]);
  truncateSync(path.join(folder, 'more'), 10);
  const later = new Date('2100-01-02T03:04:05Z');
  utimesSync(path.join(folder, 'more'), later, later);
  const [after] = listStore(outDir);
  assert.deepEqual([after?.bytes, after?.changedMs], [before.bytes - 990, later.getTime()]);
  assert.equal(lastChangeMs(folder), later.getTime());
});

test('states equal those of readTaskState, sorted by name', () => {
  finish(outDir, sampleTask(1));
  interrupt(outDir, sampleTask(2), 40);
  fail(outDir, sampleTask(3));
  begin(outDir, sampleTask(4));
  rmSync(path.join(finish(outDir, sampleTask(5)), TASK_FILES.samples));
  const entries = listStore(outDir);
  assert.deepEqual(
    entries.map(
      (entry) => entry.kind === 'task' && [settingOf(entry.task.settings, 'seed'), entry.state.state],
    ),
    [
      [1, 'done'],
      [2, 'interrupted'],
      [3, 'failed'],
      [4, 'new'],
      [5, 'corrupt'],
    ],
  );
});

test('folders that were set aside or are being removed or merged are not tasks', () => {
  const folder = finish(outDir, sampleTask(1));
  for (const suffix of ['.corrupt-1', '.corrupt-12', '.merging', '.removed'])
    cpSync(folder, `${folder}${suffix}`, { recursive: true });
  assert.deepEqual(
    listStore(outDir).map(({ kind }) => kind),
    ['task', 'aside', 'aside', 'merging', 'removed'],
  );
});

describe('the listing reports with a reason', () => {
  const task = sampleTask(2);

  test('a file, a symbolic link, and a folder of another program', () => {
    mkdirSync(tasksFolder(outDir));
    writeFileSync(inTasks('file'), 'x');
    symlinkSync(finish(mkdtempSync(path.join(tmpdir(), 'vae-sweep-elsewhere-')), task), inTasks('link'));
    mkdirSync(inTasks('photos'));
    assert.deepEqual(problems(), [
      'file: is not a folder',
      'link: is a symbolic link',
      'photos: has no task.json',
    ]);
  });

  test('a task.json that is invalid, or belongs to another task', () => {
    const file = path.join(finish(outDir, task), TASK_FILES.task);
    cpSync(path.dirname(file), inTasks('copy'), { recursive: true });
    writeFileSync(file, '{"id":');
    assert.deepEqual(problems(), [
      `copy: task.json belongs to ${task.name}`,
      `${task.name}: task.json is invalid (not JSON, 6 characters)`,
    ]);
    writeFileSync(file, JSON.stringify({ ...task, settings: { ...task.settings, steps: 'many' } }));
    assert.match(problems()[1] ?? '', /: task\.json is invalid \(settings\.steps: /);
    rmSync(file);
    mkdirSync(file);
    assert.match(problems()[1] ?? '', /: task\.json is invalid \(not a file of up to 1 MB\)$/);
    rmSync(file, { recursive: true });
    writeFileSync(file, 'x'.repeat(1_000_001));
    assert.match(problems()[1] ?? '', /: task\.json is invalid \(not a file of up to 1 MB\)$/);
  });

  test('a folder with more files than a task can have, without counting them all', () => {
    const inner = path.join(begin(outDir, task), 'a', 'b');
    mkdirSync(inner, { recursive: true });
    for (let i = 0; i < 1_100; i += 1) writeFileSync(path.join(inner, String(i)), 'x'.repeat(1_000));
    assert.deepEqual(problems(), [`${task.name}: holds more than 1,000 files`]);
    assert.ok((listStore(outDir)[0]?.bytes ?? 0) < 1_000_000);
  });

  test(
    'a folder that cannot be read',
    { skip: process.getuid?.() === 0 && 'root ignores permissions' },
    () => {
      const folder = finish(outDir, task);
      chmodSync(folder, 0);
      assert.deepEqual(problems(), [`${task.name}: can't be accessed (EACCES)`]);
      chmodSync(folder, 0o755);
    },
  );
});

test('the size of a symbolic link does not include its target', () => {
  const folder = finish(outDir, sampleTask(2));
  const [before] = listStore(outDir);
  const target = path.join(outDir, 'large');
  writeFileSync(target, 'x'.repeat(10_000));
  symlinkSync(target, path.join(folder, 'link'));
  symlinkSync(outDir, path.join(folder, 'loop'));
  const [after] = listStore(outDir);
  assert.equal((after?.bytes ?? 0) - (before?.bytes ?? 0), target.length + outDir.length);
});

test('a folder that does not exist has no latest change', () => {
  assert.equal(lastChangeMs(path.join(outDir, 'gone')), null);
});

test('listing a store throws if its tasks cannot be listed', () => {
  symlinkSync('tasks', tasksFolder(outDir));
  assert.throws(() => listStore(outDir), {
    name: 'StoreError',
    message: `can't list ${tasksFolder(outDir)} (ELOOP): make it readable, or choose another folder with --out`,
  });
});
