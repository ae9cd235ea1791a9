import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test, type TestContext } from 'node:test';
import { StoreBusyError } from '../../src/errors.js';
import { acquireStoreLock, readStoreOwner, type StoreLockOptions } from '../../src/store/lock.js';
import { LockFolder } from '../../src/store/lock-folder.js';
import { LockProcess } from './lock-process.js';

const DAY_MS = 86_400_000;
const ELSEWHERE = { host: 'elsewhere', boot: 'its own' };
let outDir: string;

beforeEach(() => {
  outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-lease-'));
});

/** A challenger on another host, whose clock moves by what it sleeps; `onPoll` is what happens meanwhile. */
function challenger(onPoll: (poll: number) => number | undefined = () => undefined) {
  let nowMs = 0;
  const seen = { polls: 0, lines: [] as string[] };
  const options: StoreLockOptions = {
    identity: ELSEWHERE,
    now: () => nowMs,
    sleep: (ms) => {
      seen.polls += 1;
      nowMs += onPoll(seen.polls) ?? ms;
      return Promise.resolve();
    },
    onWait: (line) => seen.lines.push(line),
  };
  return { seen, options };
}

function stopBeats(t: TestContext): { tick: (ms: number) => void } {
  t.mock.timers.enable({ apis: ['setInterval'] });
  return t.mock.timers;
}

function ownName(): string {
  return readStoreOwner(outDir)?.description ?? '';
}

describe('an owner on another host', () => {
  test('that beats is refused at its first sign of life', async (t) => {
    const beats = stopBeats(t);
    const lock = await acquireStoreLock(outDir);
    const { seen, options } = challenger(() => {
      beats.tick(1000);
      return undefined;
    });
    await assert.rejects(
      acquireStoreLock(outDir, options),
      new StoreBusyError(`${outDir} is in use by ${ownName()}: wait for it, stop it, or use another --out`),
    );
    assert.equal(seen.polls, 5);
    assert.deepEqual(seen.lines, [
      `${outDir} was last used by ${ownName()}: looking for a sign of life of it, for up to 30 s`,
    ]);
    await lock.release();
  });

  test('that is silent for the lease is taken over', async (t) => {
    stopBeats(t);
    await acquireStoreLock(outDir);
    const gone = ownName();
    const { seen, options } = challenger();
    const lock = await acquireStoreLock(outDir, options);
    assert.equal(lock.takenOverFrom, gone);
    assert.equal(seen.polls, 30);
    assert.equal(seen.lines.length, 1);
    assert.equal(readStoreOwner(outDir)?.isAlive, 'unknown');
  });

  test('that is silent is watched for as many polls when a pause lets the clock jump', async (t) => {
    stopBeats(t);
    await acquireStoreLock(outDir);
    const { seen, options } = challenger((poll) => (poll === 1 ? DAY_MS : undefined));
    await acquireStoreLock(outDir, options);
    assert.equal(seen.polls, 29);
  });

  test('that beats again in the last moment of the lease is refused', async (t) => {
    const beats = stopBeats(t);
    await acquireStoreLock(outDir);
    const { options } = challenger((poll) => {
      if (poll === 30) beats.tick(5000);
      return undefined;
    });
    await assert.rejects(acquireStoreLock(outDir, options), StoreBusyError);
  });

  test('that gives the lock back while it is watched makes room at once', async (t) => {
    stopBeats(t);
    const first = await acquireStoreLock(outDir);
    const { seen, options } = challenger(() => {
      void first.release();
      return undefined;
    });
    assert.equal((await acquireStoreLock(outDir, options)).takenOverFrom, null);
    assert.equal(seen.polls, 1);
  });

  test('is in use for a challenger that is asked to stop while it watches', async (t) => {
    stopBeats(t);
    await acquireStoreLock(outDir);
    const stop = new AbortController();
    const { seen, options } = challenger(() => {
      stop.abort();
      return undefined;
    });
    await assert.rejects(acquireStoreLock(outDir, { ...options, signal: stop.signal }), StoreBusyError);
    assert.equal(seen.polls, 1);
  });

  for (const [what, changes, identity] of [
    ['of the same name, in another numbering of processes', { pidNamespace: 'pid:[1]' }, {}],
    ['of the same name, on another machine', { boot: 'its own', machine: 'its own' }, {}],
    ['of the same name, on machines without an id', { boot: 'its own', machine: null }, { machine: null }],
  ] as const)
    test(`${what}, is not judged by its process number`, async (t) => {
      stopBeats(t);
      await acquireStoreLock(outDir, { identity });
      const { seen, options } = challenger();
      await acquireStoreLock(outDir, { ...options, identity: changes });
      assert.equal(seen.polls, 30);
    });
});

describe('the system clock jumping a day', () => {
  for (const jumpMs of [DAY_MS, -DAY_MS])
    test(`${jumpMs > 0 ? 'ahead' : 'back'} changes no lease`, async (t) => {
      const startMs = Date.now();
      t.mock.timers.enable({ apis: ['Date'], now: startMs });
      const first = await acquireStoreLock(outDir, { beatEveryMs: DAY_MS });
      // This process's own monotonic clock and a real sleep, with the jump in between.
      const whileWatching = (action: () => void): StoreLockOptions => ({
        identity: ELSEWHERE,
        leaseMs: 20,
        pollMs: 4,
        onWait: () => {
          setImmediate(() => {
            t.mock.timers.setTime(startMs + jumpMs);
            action();
          });
        },
      });
      const beat = () => {
        new LockFolder(outDir).writeBeat(1, 'another beat');
      };
      await assert.rejects(acquireStoreLock(outDir, whileWatching(beat)), StoreBusyError);
      await assert.rejects(acquireStoreLock(outDir), StoreBusyError);
      assert.equal(first.lost.aborted, false);
      t.mock.timers.setTime(startMs);
      const second = await acquireStoreLock(
        outDir,
        whileWatching(() => undefined),
      );
      assert.notEqual(second.takenOverFrom, null);
    });
});

describe('an owner that wakes up after it was taken over', () => {
  test('is told once by whom, beats no more, and leaves the lock alone', async (t) => {
    const beats = stopBeats(t);
    const slept = await acquireStoreLock(outDir);
    const lock = await acquireStoreLock(outDir, challenger().options);
    assert.equal(slept.lost.aborted, false);
    beats.tick(5000);
    assert.deepEqual(
      slept.lost.reason,
      new StoreBusyError(
        `${outDir} was taken over by ${ownName()}, which saw no sign of life of this process for a while: ` +
          `this run stops; run again to go on`,
      ),
    );
    beats.tick(5000);
    await slept.release();
    assert.equal(lock.lost.aborted, false);
    assert.deepEqual(new LockFolder(outDir).generations(), [2]);
  });

  test('is told so in its own process', { skip: process.platform === 'win32' }, async () => {
    const sleeper = await LockProcess.start(outDir, 5);
    await sleeper.take();
    sleeper.child.kill('SIGSTOP');
    const lock = await acquireStoreLock(outDir, challenger().options);
    sleeper.child.kill('SIGCONT');
    assert.equal(await sleeper.nextLine(), 'lost');
    await sleeper.end();
    assert.equal(lock.lost.aborted, false);
    await lock.release();
  });

  test('or never slept keeps the lock by its beats', async () => {
    const owner = await LockProcess.start(outDir, 1);
    await owner.take();
    const options = { identity: ELSEWHERE, leaseMs: DAY_MS, pollMs: 1 };
    await assert.rejects(acquireStoreLock(outDir, options), StoreBusyError);
    await owner.end();
  });
});
