import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { StoreBusyError, StoreError } from '../../src/errors.js';
import { acquireStoreLock, liveOwner } from '../../src/store/lock.js';

const HOLDER = fileURLToPath(new URL('./lock-holder.js', import.meta.url));
let outDir: string;
let lockFile: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-lock-'));
  lockFile = path.join(outDir, 'lock.json');
});

async function startHolder(): Promise<{ child: ChildProcessWithoutNullStreams; answer: string }> {
  const child = spawn(process.execPath, [HOLDER, outDir]);
  child.stderr.pipe(process.stderr);
  const [answer] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, answer: answer.toString().trim() };
}

/** What is in lock.json while this process holds it, with the changes. */
async function writeLockOf(changes: Record<string, unknown>): Promise<void> {
  const lock = await acquireStoreLock(outDir);
  const own = JSON.parse(readFileSync(lockFile, 'utf8')) as Record<string, unknown>;
  await lock.release();
  writeFileSync(lockFile, JSON.stringify({ ...own, ...changes }));
}

test('the lock is there while held and gone once released', async () => {
  const lock = await acquireStoreLock(outDir);
  assert.equal(lock.takenOverFrom, null);
  assert.equal((JSON.parse(readFileSync(lockFile, 'utf8')) as { pid: number }).pid, process.pid);
  await lock.release();
  await lock.release();
  assert.equal(existsSync(lockFile), false);
  assert.equal(existsSync(path.join(outDir, '.lock-mutex')), false);
});

test('a live owner on this host is named and keeps the store', async () => {
  const { child, answer } = await startHolder();
  assert.equal(answer, 'held');
  const { startedAt } = JSON.parse(readFileSync(lockFile, 'utf8')) as { startedAt: string };
  await assert.rejects(
    acquireStoreLock(outDir),
    new StoreBusyError(
      `${outDir} is in use by process ${child.pid} on ${hostname()}, started ${startedAt} (${HOLDER} ${outDir}): ` +
        `wait for it, stop it, or use another --out; if it is surely gone, delete ${lockFile}`,
    ),
  );
  child.stdin.end();
  await once(child, 'exit');
  await (await acquireStoreLock(outDir)).release();
});

test('an owner killed with -9 is taken over, and by one of four that come at once', async () => {
  const { child } = await startHolder();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const takers = await Promise.all([1, 2, 3, 4].map(startHolder));
  assert.deepEqual(takers.map((taker) => taker.answer).sort(), ['busy', 'busy', 'busy', 'held']);
  for (const taker of takers) taker.child.kill('SIGKILL');
});

test('an owner whose process is gone is taken over with its name', async () => {
  const { child } = await startHolder();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = await acquireStoreLock(outDir);
  assert.match(lock.takenOverFrom ?? '', new RegExp(`^process ${child.pid} on ${hostname()}, started `));
  await lock.release();
});

test('an owner from before a reboot is taken over though its process number is alive', async () => {
  await writeLockOf({ boot: 'another boot' });
  const lock = await acquireStoreLock(outDir);
  assert.notEqual(lock.takenOverFrom, null);
  await lock.release();
});

test(
  'an owner whose process number now belongs to a later process is taken over',
  { skip: process.platform !== 'linux' },
  async () => {
    await writeLockOf({ processStart: '1' });
    const lock = await acquireStoreLock(outDir);
    assert.notEqual(lock.takenOverFrom, null);
    await lock.release();
  },
);

test('an owner on another host counts as alive', async () => {
  await writeLockOf({
    host: 'elsewhere',
    pid: 1,
    boot: 'x',
    startedAt: '2026-01-01T00:00:00.000Z',
    command: 'run',
  });
  await assert.rejects(
    acquireStoreLock(outDir),
    new StoreBusyError(
      `${outDir} is in use by process 1 on elsewhere, started 2026-01-01T00:00:00.000Z (run): ` +
        `wait for it, stop it, or use another --out; if it is surely gone, delete ${lockFile}`,
    ),
  );
});

test('releasing leaves the lock of an owner that took over since', async () => {
  const lock = await acquireStoreLock(outDir);
  const own = JSON.parse(readFileSync(lockFile, 'utf8')) as Record<string, unknown>;
  writeFileSync(lockFile, JSON.stringify({ ...own, pid: 1 }));
  await lock.release();
  assert.ok(existsSync(lockFile));
});

test('a broken lock file is reported and not overwritten', async () => {
  writeFileSync(lockFile, '{"host":');
  await assert.rejects(
    acquireStoreLock(outDir),
    new StoreError(
      `lock.json is broken (not JSON, 8 characters) in ${outDir}: if no vae-sweep runs there, delete ${lockFile}`,
    ),
  );
  assert.equal(readFileSync(lockFile, 'utf8'), '{"host":');
});

test('an out folder that is a file, or can not be made, is a clear error', async () => {
  const file = path.join(outDir, 'a-file');
  writeFileSync(file, '');
  await assert.rejects(
    acquireStoreLock(file),
    new StoreError(
      `can't make the folder ${file} (ENOTDIR): a file is in the way; choose another folder with --out`,
    ),
  );
  await assert.rejects(acquireStoreLock('/proc/vae-sweep-out'), {
    name: 'StoreError',
    message:
      "can't make the folder /proc/vae-sweep-out (ENOENT): make it writable, or choose another folder with --out",
  });
});

test('the live owner can be looked at without taking anything; one that is gone is none', async () => {
  assert.equal(liveOwner(path.join(outDir, 'not-yet')), null);
  assert.equal(existsSync(path.join(outDir, 'not-yet')), false);
  const lock = await acquireStoreLock(outDir);
  const { startedAt, command } = JSON.parse(readFileSync(lockFile, 'utf8')) as Record<string, string>;
  assert.deepEqual(liveOwner(outDir), { host: hostname(), pid: process.pid, startedAt, command });
  await lock.release();
  assert.equal(liveOwner(outDir), null);
  await writeLockOf({ boot: 'another boot' });
  assert.equal(liveOwner(outDir), null);
  assert.ok(existsSync(lockFile));
});
