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

/** Returns the options of a contender on another host. Its clock advances only while it sleeps, and each sleep calls `onPoll`. */
function contender(onPoll: (poll: number) => number | undefined = () => undefined) {
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

function stopHeartbeats(t: TestContext): { tick: (ms: number) => void } {
  t.mock.timers.enable({ apis: ['setInterval'] });
  return t.mock.timers;
}

function ownName(): string {
  return readStoreOwner(outDir)?.description ?? '';
}

describe('an owner on another host', () => {
  test('keeps the lock if a heartbeat arrives', async (t) => {
    const heartbeats = stopHeartbeats(t);
    const lock = await acquireStoreLock(outDir);
    const { seen, options } = contender(() => {
      heartbeats.tick(1000);
      return undefined;
    });
    await assert.rejects(
      acquireStoreLock(outDir, options),
      new StoreBusyError(`${outDir} is in use by ${ownName()}: wait for it, stop it, or use another --out`),
    );
    assert.equal(seen.polls, 5);
    assert.deepEqual(seen.lines, [
      `${outDir} was last used by ${ownName()}: waiting up to 30 s for its heartbeat`,
    ]);
    await lock.release();
  });

  test('is taken over after a lease without a heartbeat', async (t) => {
    stopHeartbeats(t);
    await acquireStoreLock(outDir);
    const gone = ownName();
    const { seen, options } = contender();
    const lock = await acquireStoreLock(outDir, options);
    assert.equal(lock.takenOverFrom, gone);
    assert.equal(seen.polls, 30);
    assert.equal(seen.lines.length, 1);
    assert.equal(readStoreOwner(outDir)?.isAlive, 'unknown');
  });

  test('is watched for as many polls when the clock jumps in a pause', async (t) => {
    stopHeartbeats(t);
    await acquireStoreLock(outDir);
    const { seen, options } = contender((poll) => (poll === 1 ? DAY_MS : undefined));
    await acquireStoreLock(outDir, options);
    assert.equal(seen.polls, 29);
  });

  test('keeps the lock if a heartbeat arrives at the last moment of the lease', async (t) => {
    const heartbeats = stopHeartbeats(t);
    await acquireStoreLock(outDir);
    const { options } = contender((poll) => {
      if (poll === 30) heartbeats.tick(5000);
      return undefined;
    });
    await assert.rejects(acquireStoreLock(outDir, options), StoreBusyError);
  });

  test('can be succeeded immediately when it releases the lock while it is watched', async (t) => {
    stopHeartbeats(t);
    const first = await acquireStoreLock(outDir);
    const { seen, options } = contender(() => {
      void first.release();
      return undefined;
    });
    assert.equal((await acquireStoreLock(outDir, options)).takenOverFrom, null);
    assert.equal(seen.polls, 1);
  });

  test('keeps the lock if the contender is stopped while it watches', async (t) => {
    stopHeartbeats(t);
    await acquireStoreLock(outDir);
    const stop = new AbortController();
    const { seen, options } = contender(() => {
      stop.abort();
      return undefined;
    });
    await assert.rejects(acquireStoreLock(outDir, { ...options, signal: stop.signal }), StoreBusyError);
    assert.equal(seen.polls, 1);
  });

  for (const [what, changes, identity] of [
    ['of the same name, in another PID namespace', { pidNamespace: 'pid:[1]' }, {}],
    ['of the same name, on another machine', { boot: 'its own', machine: 'its own' }, {}],
    ['of the same name, on machines without an id', { boot: 'its own', machine: null }, { machine: null }],
  ] as const)
    test(`${what}, is not judged by its process id`, async (t) => {
      stopHeartbeats(t);
      await acquireStoreLock(outDir, { identity });
      const { seen, options } = contender();
      await acquireStoreLock(outDir, { ...options, identity: changes });
      assert.equal(seen.polls, 30);
    });
});

describe('a jump of the system clock by a day', () => {
  for (const jumpMs of [DAY_MS, -DAY_MS])
    test(`${jumpMs > 0 ? 'forward' : 'back'} does not affect leases`, async (t) => {
      const startMs = Date.now();
      t.mock.timers.enable({ apis: ['Date'], now: startMs });
      const first = await acquireStoreLock(outDir, { heartbeatEveryMs: DAY_MS });
      // Uses the real monotonic clock and real sleeps, with the jump in between.
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
      const heartbeat = () => {
        new LockFolder(outDir).writeHeartbeat(1, 'another heartbeat');
      };
      await assert.rejects(acquireStoreLock(outDir, whileWatching(heartbeat)), StoreBusyError);
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

describe('an owner that was suspended', () => {
  test('learns who took over, stops its heartbeat and leaves the lock alone', async (t) => {
    const heartbeats = stopHeartbeats(t);
    const slept = await acquireStoreLock(outDir);
    const lock = await acquireStoreLock(outDir, contender().options);
    assert.equal(slept.lost.aborted, false);
    heartbeats.tick(5000);
    assert.deepEqual(
      slept.lost.reason,
      new StoreBusyError(
        `${outDir} was taken over by ${ownName()}, which saw no heartbeat of this process for a while: ` +
          `this run stops; run the same command again to resume`,
      ),
    );
    heartbeats.tick(5000);
    await slept.release();
    assert.equal(lock.lost.aborted, false);
    assert.deepEqual(new LockFolder(outDir).generations(), [2]);
  });

  test('learns of the takeover in its own process', { skip: process.platform === 'win32' }, async () => {
    const sleeper = await LockProcess.start(outDir, 5);
    await sleeper.take();
    sleeper.child.kill('SIGSTOP');
    const lock = await acquireStoreLock(outDir, contender().options);
    sleeper.child.kill('SIGCONT');
    assert.equal(await sleeper.nextLine(), 'lost');
    await sleeper.end();
    assert.equal(lock.lost.aborted, false);
    await lock.release();
  });

  test('only briefly keeps the lock by its heartbeats', async () => {
    const owner = await LockProcess.start(outDir, 1);
    await owner.take();
    const options = { identity: ELSEWHERE, leaseMs: DAY_MS, pollMs: 1 };
    await assert.rejects(acquireStoreLock(outDir, options), StoreBusyError);
    await owner.end();
  });
});
