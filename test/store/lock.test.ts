import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, test } from 'node:test';
import { StoreBusyError, StoreError } from '../../src/errors.js';
import { acquireStoreLock, readStoreOwner } from '../../src/store/lock.js';
import { LockFolder } from '../../src/store/lock-folder.js';
import type { Owner } from '../../src/store/lock-owner.js';
import { HOLDER, LockProcess } from './lock-process.js';
import { waitUntil } from '../wait-until.js';

const HAS_PROC = existsSync('/proc/self/stat');
let outDir: string;
let folder: LockFolder;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-lock-'));
  folder = new LockFolder(outDir);
});

function ownerOf(generation: number): Owner {
  const owner = folder.read(generation);
  assert.ok(owner !== null);
  return owner;
}

/** Leaves the lock as if held by this process, with the given changes. */
async function leaveOwner(changes: Partial<Owner>): Promise<void> {
  const lock = await acquireStoreLock(outDir);
  await lock.release();
  folder.replace(1, { ...ownerOf(1), released: false, ...changes });
}

test('the lock exists while it is held and is free once released', async () => {
  const lock = await acquireStoreLock(outDir);
  assert.equal(lock.takenOverFrom, null);
  assert.deepEqual(readdirSync(folder.path).sort(), ['beat-1', 'owner-1.json']);
  await assert.rejects(acquireStoreLock(outDir), StoreBusyError);
  await lock.release();
  await lock.release();
  const next = await acquireStoreLock(outDir);
  assert.equal(next.takenOverFrom, null);
  assert.deepEqual(readdirSync(folder.path).sort(), ['beat-2', 'owner-2.json']);
  await next.release();
});

test('a live owner on this host is named and keeps the lock', async (t) => {
  const holder = await LockProcess.start(outDir);
  t.after(() => holder.child.kill());
  assert.equal(await holder.take(), 'held');
  const { startedAt } = ownerOf(1);
  const name = `process ${holder.child.pid} on ${hostname()}, started ${startedAt} (${HOLDER} ${outDir} 5000)`;
  const hint = HAS_PROC ? '' : `; if you are sure that it is gone, delete ${folder.ownerFile(1)}`;
  await assert.rejects(
    acquireStoreLock(outDir),
    new StoreBusyError(`${outDir} is in use by ${name}: wait for it, stop it, or use another --out${hint}`),
  );
  const { pid, host, command, nonce } = ownerOf(1);
  assert.deepEqual(readStoreOwner(outDir), {
    description: name,
    isAlive: true,
    process: { host, pid, startedAt, command, nonce },
  });
  await holder.end();
  assert.equal(readStoreOwner(outDir), null);
  await (await acquireStoreLock(outDir)).release();
});

test('exactly one of several simultaneous contenders takes over from an owner killed with -9', async () => {
  let processes = await Promise.all(Array.from({ length: 8 }, () => LockProcess.start(outDir)));
  while (processes.length > 0) {
    const answers = await Promise.all(processes.map((each) => each.take()));
    const holders = processes.filter((_, index) => answers[index] === 'held');
    assert.equal(holders.length, 1, answers.join());
    assert.equal(ownerOf(Math.max(...folder.generations())).pid, holders[0]?.child.pid);
    await holders[0]?.kill();
    processes = processes.filter((each) => each !== holders[0]);
  }
});

test('an owner whose process is gone is taken over and named', async () => {
  const holder = await LockProcess.start(outDir);
  await holder.take();
  await holder.kill();
  assert.equal(readStoreOwner(outDir)?.isAlive, false);
  const lock = await acquireStoreLock(outDir);
  assert.match(
    lock.takenOverFrom ?? '',
    new RegExp(`^process ${holder.child.pid} on ${hostname()}, started `),
  );
  await lock.release();
});

test('a zombie owner, dead but not reaped by its parent, is taken over', { skip: !HAS_PROC }, async (t) => {
  // The shell is replaced by a sleep, which reaps no children.
  const script = 'exec 3<&0; "$0" "$1" "$2" <&3 & exec sleep 1000';
  const parent = spawn('sh', ['-c', script, process.execPath, HOLDER, outDir]);
  t.after(() => parent.kill());
  parent.stdout.once('data', () => parent.stdin.write('\n'));
  await once(parent.stdout, 'data');
  await once(parent.stdout, 'data');
  const { pid } = ownerOf(1);
  process.kill(pid, 'SIGKILL');
  await waitUntil('the owner is a zombie', () => /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
  const lock = await acquireStoreLock(outDir);
  assert.notEqual(lock.takenOverFrom, null);
  await lock.release();
  parent.kill();
});

test('an owner from before a reboot is taken over even if its process id is in use', async () => {
  await leaveOwner({ boot: 'another boot', machine: 'this' });
  const lock = await acquireStoreLock(outDir, { identity: { machine: 'this' } });
  assert.notEqual(lock.takenOverFrom, null);
  await lock.release();
});

test('an owner whose process id belongs to a newer process is taken over', { skip: !HAS_PROC }, async () => {
  await leaveOwner({ processStart: '1' });
  const lock = await acquireStoreLock(outDir);
  assert.notEqual(lock.takenOverFrom, null);
  await lock.release();
});

test('without /proc, an existing process counts as the owner, and the error names the file to delete if it is not', async () => {
  const identity = { boot: null, machine: null, pidNamespace: null, processStart: null };
  await leaveOwner(identity);
  await assert.rejects(acquireStoreLock(outDir, { identity }), (error: Error) =>
    error.message.endsWith(
      `use another --out; if you are sure that it is gone, delete ${folder.ownerFile(1)}`,
    ),
  );
  const gone = await LockProcess.start(outDir);
  await gone.kill();
  folder.replace(1, { ...ownerOf(1), pid: gone.child.pid ?? 0 });
  const lock = await acquireStoreLock(outDir, { identity });
  assert.notEqual(lock.takenOverFrom, null);
  await lock.release();
});

test('acquiring the lock removes lower generations, temporary files and the locks of earlier versions', async () => {
  await leaveOwner({ released: true });
  folder.create(3, ownerOf(1));
  writeFileSync(path.join(folder.path, 'owner-9-torn.tmp'), '{"no');
  writeFileSync(path.join(outDir, 'lock.json'), '{}');
  mkdirSync(path.join(outDir, '.lock-mutex'));
  const lock = await acquireStoreLock(outDir);
  assert.deepEqual(readdirSync(folder.path).sort(), ['beat-4', 'owner-4.json']);
  assert.deepEqual(readdirSync(outDir), ['lock']);
  await lock.release();
});

test('releasing does not affect the lock of an owner that took over in the meantime', async () => {
  const lock = await acquireStoreLock(outDir);
  const other = { ...ownerOf(1), nonce: 'other' };
  folder.create(2, other);
  folder.remove(1);
  await lock.release();
  assert.deepEqual(folder.generations(), [2]);
  assert.deepEqual(ownerOf(2), other);
});

test('a deleted lock counts as lost, and releasing it does not throw', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const lock = await acquireStoreLock(outDir);
  folder.remove(1);
  t.mock.timers.tick(5000);
  assert.deepEqual(
    lock.lost.reason,
    new StoreBusyError(
      `the lock of ${outDir} was deleted: this run stops; run the same command again to resume`,
    ),
  );
  await lock.release();
  assert.deepEqual(folder.generations(), []);
});

test('an invalid owner file is reported and not overwritten', async () => {
  await leaveOwner({ released: true });
  for (const [text, problem] of [
    ['{"host":', 'not JSON, 8 characters'],
    ['{}', 'nonce: Invalid input: expected string, received undefined'],
  ] as const) {
    writeFileSync(folder.ownerFile(1), text);
    const message =
      `owner-1.json is invalid (${problem}) in ${folder.path}: ` +
      `if no vae-sweep process uses this folder, delete ${folder.ownerFile(1)}`;
    await assert.rejects(acquireStoreLock(outDir), new StoreError(message));
    assert.equal(readFileSync(folder.ownerFile(1), 'utf8'), text);
    assert.deepEqual(readStoreOwner(outDir), { description: message, isAlive: 'unknown', process: null });
  }
  folder.remove(1);
  await (await acquireStoreLock(outDir)).release();
});

test('a folder without a lock has no owner, and reading the owner creates nothing', () => {
  assert.equal(readStoreOwner(outDir), null);
  assert.equal(readStoreOwner(path.join(outDir, 'none')), null);
  assert.deepEqual(readdirSync(outDir), []);
});

test('an out folder that is a file or cannot be created is a clear error', async () => {
  const file = path.join(outDir, 'a-file');
  writeFileSync(file, '');
  await assert.rejects(
    acquireStoreLock(file),
    new StoreError(
      `can't create the folder ${file} (ENOTDIR): a file is in the way; choose another folder with --out`,
    ),
  );
  await assert.rejects(acquireStoreLock('/proc/vae-sweep-out'), {
    name: 'StoreError',
    message:
      "can't create the folder /proc/vae-sweep-out (ENOENT): make it writable, or choose another folder with --out",
  });
});
