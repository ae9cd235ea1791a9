import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, test } from 'node:test';
import { watchStoreOwner } from '../../src/store/lock-watch.js';
import { acquireStoreLock } from '../../src/store/lock.js';

let outDir: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-watch-'));
});

/** Returns a clock that advances only in sleeps, and calls `during` with the number of each sleep. */
function clock(during: (sleeps: number) => void = () => undefined) {
  let ms = 0;
  let sleeps = 0;
  const lines: string[] = [];
  return {
    lines,
    slept: () => ms,
    options: {
      now: () => ms,
      sleep: (span: number) => {
        ms += span;
        sleeps += 1;
        during(sleeps);
        return Promise.resolve();
      },
      onWait: (line: string) => lines.push(line),
    },
  };
}

test('a store without a lock, or with a released one, is not in use, and nothing is written', async () => {
  assert.equal(await watchStoreOwner(outDir), null);
  assert.deepEqual(readdirSync(outDir), []);
  await (await acquireStoreLock(outDir)).release();
  assert.equal(await watchStoreOwner(outDir), null);
});

test('an owner on this host is reported without waiting', async () => {
  const { options, slept } = clock();
  const lock = await acquireStoreLock(outDir);
  assert.match((await watchStoreOwner(outDir, options))?.description ?? '', /^process \d+ on /);
  await lock.release();
  assert.equal(slept(), 0);
});

test('an owner on another host without a heartbeat for a lease counts as gone, as in a copy of a store', async () => {
  await acquireStoreLock(outDir, { identity: { host: 'elsewhere' }, heartbeatEveryMs: 1e6 });
  const { options, slept, lines } = clock();
  const before = readdirSync(path.join(outDir, 'lock'));
  assert.equal(await watchStoreOwner(outDir, options), null);
  assert.equal(slept(), 30_000);
  assert.match(lines.join(), / on elsewhere, .*: waiting up to 30 s for its heartbeat$/);
  assert.deepEqual(readdirSync(path.join(outDir, 'lock')), before);
});

test('an owner on another host with a heartbeat is reported', async () => {
  await acquireStoreLock(outDir, { identity: { host: 'elsewhere' }, heartbeatEveryMs: 1e6 });
  const { options, slept } = clock((sleeps) => {
    if (sleeps === 7) writeFileSync(path.join(outDir, 'lock/beat-1'), 'another');
  });
  assert.match((await watchStoreOwner(outDir, options))?.description ?? '', / on elsewhere, /);
  assert.equal(slept(), 7_000);
});
