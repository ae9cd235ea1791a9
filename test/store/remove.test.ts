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
import { tasksFolder } from '../../src/store/task-folder.js';
import { removeFolders as remove } from '../../src/store/remove.js';
import { finish } from './sample-store.js';
import { sampleTask } from './sample-task.js';

const [task, other] = [sampleTask(2), sampleTask(3)];
const { signal: notLost } = new AbortController();
let outDir: string;
let folder: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-remove-'));
  folder = finish(outDir, task);
  finish(outDir, other);
});

async function removeFolders(names: readonly string[], lost = notLost): Promise<void> {
  await remove(outDir, names, lost);
}

function left(): string[] {
  return readdirSync(tasksFolder(outDir)).sort();
}

test('folders are removed with their contents, and others are kept', async () => {
  await removeFolders([task.name]);
  assert.deepEqual(left(), [other.name]);
});

test('leftovers of an interrupted deletion are removed, by their own name or with their task', async () => {
  cpSync(folder, `${folder}.removed`, { recursive: true });
  await removeFolders([`${task.name}.removed`]);
  assert.deepEqual(left(), [task.name, other.name]);
  cpSync(folder, `${folder}.removed`, { recursive: true });
  await removeFolders([task.name]);
  assert.deepEqual(left(), [other.name]);
});

test('all folders are renamed before any content is removed, and stay renamed after a crash', async (t) => {
  t.mock.method(fs, 'rmSync', (removed: string) => {
    if (existsSync(removed)) throw Object.assign(new Error('crash'), { code: 'EIO' });
  });
  syncBuiltinESMExports();
  t.after(syncBuiltinESMExports);
  await assert.rejects(removeFolders([task.name, other.name]), {
    name: 'StoreError',
    message: `can't delete ${folder}.removed (EIO): make it writable, then run the same command again`,
  });
  assert.deepEqual(left(), [`${task.name}.removed`, `${other.name}.removed`]);
  t.mock.restoreAll();
  syncBuiltinESMExports();
  await removeFolders(left());
  assert.deepEqual(left(), []);
});

test('nothing is renamed or removed once the lock is lost', async () => {
  await assert.rejects(removeFolders([task.name], AbortSignal.abort(new Error('taken over'))), {
    message: 'taken over',
  });
  assert.deepEqual(left(), [task.name, other.name]);
});

test('a folder that is already gone is not an error', async () => {
  await removeFolders(['gone', task.name]);
  assert.deepEqual(left(), [other.name]);
});

test('a symbolic link in a folder is removed, and its target is kept', async () => {
  const elsewhere = mkdtempSync(path.join(tmpdir(), 'vae-sweep-elsewhere-'));
  writeFileSync(path.join(elsewhere, 'mine'), 'text');
  symlinkSync(elsewhere, path.join(folder, 'link'));
  symlinkSync(elsewhere, `${folder}.removed`);
  await removeFolders([task.name]);
  assert.equal(readFileSync(path.join(elsewhere, 'mine'), 'utf8'), 'text');
  assert.deepEqual(left(), [other.name]);
});

test('names of paths, symbolic links and files are rejected before anything is deleted', async () => {
  writeFileSync(path.join(outDir, 'mine'), 'text');
  symlinkSync(outDir, path.join(tasksFolder(outDir), 'link'));
  writeFileSync(path.join(tasksFolder(outDir), 'file'), '');
  for (const name of ['../mine', '..', '.', '', `../tasks/${other.name}`, path.join(outDir, 'mine')])
    await assert.rejects(
      removeFolders([task.name, name]),
      new RegExp(`^StoreError: can't delete "${name}": it is not the name of a folder in `),
    );
  for (const name of ['link', 'file'])
    await assert.rejects(removeFolders([task.name, name]), {
      name: 'StoreError',
      message: /: it is not a folder; delete it yourself$/,
    });
  assert.ok(existsSync(folder) && existsSync(path.join(outDir, 'mine')));
});

test(
  'a folder that cannot be removed is an error that says how to fix it',
  { skip: process.getuid?.() === 0 && 'root ignores permissions' },
  async () => {
    chmodSync(folder, 0o555);
    await assert.rejects(removeFolders([task.name]), {
      name: 'StoreError',
      message: `can't delete ${folder}.removed (EACCES): make it writable, then run the same command again`,
    });
    chmodSync(`${folder}.removed`, 0o755);
  },
);
