import assert from 'node:assert/strict';
import fs, {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, test } from 'node:test';
import { tasksFolder } from '../../src/store/inventory.js';
import { removeFolders } from '../../src/store/remove.js';
import { finish } from './sample-store.js';
import { sampleTask } from './sample-task.js';

const [task, other] = [sampleTask(2), sampleTask(3)];
let outDir: string;
let folder: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-remove-'));
  folder = finish(outDir, task);
  finish(outDir, other);
});

function left(): string[] {
  return readdirSync(tasksFolder(outDir)).sort();
}

test('folders are removed with all that is in them, and others stay', () => {
  removeFolders(outDir, [task.name]);
  assert.deepEqual(left(), [other.name]);
});

test('what an interrupted deletion left is removed, by its own name or with its task', () => {
  cpSync(folder, `${folder}.removed`, { recursive: true });
  removeFolders(outDir, [`${task.name}.removed`]);
  assert.deepEqual(left(), [task.name, other.name]);
  cpSync(folder, `${folder}.removed`, { recursive: true });
  removeFolders(outDir, [task.name]);
  assert.deepEqual(left(), [other.name]);
});

test("all have a name that is no task's before anything in them is removed, and keep it after a crash", (t) => {
  t.mock.method(fs, 'rmSync', (removed: string) => {
    if (existsSync(removed)) throw Object.assign(new Error('crash'), { code: 'EIO' });
  });
  syncBuiltinESMExports();
  t.after(syncBuiltinESMExports);
  assert.throws(
    () => {
      removeFolders(outDir, [task.name, other.name]);
    },
    {
      name: 'StoreError',
      message: `can't delete ${folder}.removed (EIO): make it writable, then run the same command again`,
    },
  );
  assert.deepEqual(left(), [`${task.name}.removed`, `${other.name}.removed`]);
  t.mock.restoreAll();
  syncBuiltinESMExports();
  removeFolders(outDir, left());
  assert.deepEqual(left(), []);
});

test('what is gone already is no error', () => {
  removeFolders(outDir, ['gone', task.name]);
  assert.deepEqual(left(), [other.name]);
});

test('a link in a folder is removed, and what it points to stays', () => {
  const elsewhere = mkdtempSync(path.join(tmpdir(), 'vae-sweep-elsewhere-'));
  writeFileSync(path.join(elsewhere, 'mine'), 'text');
  symlinkSync(elsewhere, path.join(folder, 'link'));
  symlinkSync(elsewhere, `${folder}.removed`);
  removeFolders(outDir, [task.name]);
  assert.equal(readFileSync(path.join(elsewhere, 'mine'), 'utf8'), 'text');
  assert.deepEqual(left(), [other.name]);
});

test('a name that is a path, and one that is a link or a file, is refused before anything is deleted', () => {
  writeFileSync(path.join(outDir, 'mine'), 'text');
  symlinkSync(outDir, path.join(tasksFolder(outDir), 'link'));
  writeFileSync(path.join(tasksFolder(outDir), 'file'), '');
  for (const name of ['../mine', '..', '.', '', `../tasks/${other.name}`, path.join(outDir, 'mine')])
    assert.throws(
      () => {
        removeFolders(outDir, [task.name, name]);
      },
      new RegExp(`^StoreError: can't delete "${name}": it is not the name of a folder in `),
    );
  for (const name of ['link', 'file'])
    assert.throws(
      () => {
        removeFolders(outDir, [task.name, name]);
      },
      { name: 'StoreError', message: /: it is not a folder; delete it by hand$/ },
    );
  assert.ok(existsSync(folder) && existsSync(path.join(outDir, 'mine')));
});

test(
  'a folder that can not be removed is an error that says what to do',
  { skip: process.getuid?.() === 0 },
  () => {
    chmodSync(folder, 0o555);
    assert.throws(
      () => {
        removeFolders(outDir, [task.name]);
      },
      {
        name: 'StoreError',
        message: `can't delete ${folder}.removed (EACCES): make it writable, then run the same command again`,
      },
    );
    chmodSync(`${folder}.removed`, 0o755);
  },
);
