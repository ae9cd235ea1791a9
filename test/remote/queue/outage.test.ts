import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { markFailed, prepareTaskFolder, taskFolder } from '../../../src/store/task-folder.js';
import type { Task } from '../../../src/task/task.js';
import { startsOf, untilStarted } from '../../run/stand-in.js';
import { newStore, QueueProcess, queueTask, stateOf, TEST_TIMING, type ProcessSpec } from './fleet.js';
import { noRedis } from '../no-redis.js';
import { RedisServer } from '../redis-server.js';
import { waitUntil } from '../../wait-until.js';

describe('an outage of Redis', { skip: noRedis, timeout: 600_000 }, () => {
  let redis: RedisServer;
  let outDir: string;
  let processes: QueueProcess[];

  beforeEach(async () => {
    redis = await RedisServer.start({ appendOnly: true });
    outDir = newStore();
    processes = [];
  });

  afterEach(async () => {
    await Promise.all(processes.map(async (each) => each.kill()));
    await redis.remove();
  });

  function start(role: 'worker' | 'coordinator', spec: Partial<ProcessSpec> = {}): QueueProcess {
    const started = new QueueProcess(role, { redis: redis.url, outDir, ...spec });
    processes.push(started);
    return started;
  }

  async function untilQueued(tasks: number): Promise<void> {
    await waitUntil(
      'the tasks are in the queue',
      async () => (await redis.count('vae-sweep:tasks:wait')) >= tasks,
    );
  }

  function assertTrainedOnce(tasks: readonly Task[]): void {
    for (const task of tasks) assert.deepEqual(stateOf(outDir, task), { state: 'done' }, task.name);
    assert.deepEqual(startsOf(outDir).sort(), tasks.map(({ name }) => name).sort());
  }

  test('with an append-only file loses nothing, and no task is trained twice', async () => {
    const tasks = Array.from({ length: 60 }, (_, seed) => queueTask(seed, 'takes a while'));
    start('worker', { slots: 2 });
    start('worker', { slots: 2 });
    const coordinator = start('coordinator', { tasks });
    for (const count of [5, 30]) {
      await untilStarted(outDir, count);
      await redis.kill();
      await redis.start();
    }
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assertTrainedOnce(tasks);
    assert.match(
      coordinator.output,
      /lost the connection to the queue at redis:.*: reconnecting(.|\n)*reconnected to the queue at .* after /,
    );
  });

  test('longer than a lock lasts does not take tasks from their workers', async () => {
    const tasks = [queueTask(1, 'takes long'), queueTask(2, 'takes long'), queueTask(3, 'succeeds')];
    const workers = [start('worker'), start('worker')];
    const coordinator = start('coordinator', { tasks });
    await untilStarted(outDir, 2);
    await redis.kill();
    for (const each of [...workers, coordinator])
      await each.untilPrinted(/lost the connection to the queue at redis:.*: reconnecting\n/);
    await delay(TEST_TIMING.lockMs * 1.2);
    await redis.start();
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assertTrainedOnce(tasks);
  });

  test('does not keep a worker from writing the result of its task to the store', async () => {
    const task = queueTask(1, 'takes a while');
    const worker = start('worker');
    const coordinator = start('coordinator', { tasks: [task] });
    await untilStarted(outDir, 1);
    await redis.kill();
    await worker.untilPrinted(/done: linear/);
    assert.deepEqual(stateOf(outDir, task), { state: 'done' });
    await redis.start();
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assertTrainedOnce([task]);
  });

  test('with a worker that is killed before it reports a result delivers the task again without training it again', async () => {
    const task = queueTask(1, 'takes a while');
    const killed = start('worker');
    const coordinator = start('coordinator', { tasks: [task] });
    await untilStarted(outDir, 1);
    await redis.kill();
    await killed.untilPrinted(/done: linear/);
    await killed.kill();
    await redis.start();
    const other = start('worker');
    await other.untilPrinted(/already done: linear/);
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assertTrainedOnce([task]);
  });

  test('does not keep a worker and a coordinator from stopping', async () => {
    const task = queueTask(1, 'runs until stopped');
    const worker = start('worker');
    const coordinator = start('coordinator', { tasks: [task] });
    await untilStarted(outDir, 1);
    await redis.kill();
    await worker.untilPrinted(/lost the connection/);
    assert.equal(await worker.kill('SIGTERM'), 130, worker.output);
    assert.deepEqual(stateOf(outDir, task), { state: 'interrupted', step: 40 });
    await coordinator.untilPrinted(/lost the connection/);
    assert.equal(await coordinator.kill('SIGINT'), 130, coordinator.output);
  });

  test('that makes Redis read-only is reported once by a worker, which continues afterwards', async () => {
    const task = queueTask(1, 'takes a while');
    const worker = start('worker');
    await worker.untilPrinted(/is waiting for tasks/);
    await redis.setReadOnly(true);
    await worker.untilPrinted(/Redis returned an error, retrying: READONLY .*\n/);
    await delay(TEST_TIMING.checkMs * 2);
    await redis.setReadOnly(false);
    const coordinator = start('coordinator', { tasks: [task] });
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assert.equal(worker.output.match(/READONLY/g)?.length, 1, worker.output);
    assertTrainedOnce([task]);
  });

  test('that loses all data makes the coordinator queue the remaining tasks again', async () => {
    const tasks = [queueTask(1, 'succeeds'), queueTask(2, 'succeeds')];
    const coordinator = start('coordinator', { tasks });
    await untilQueued(2);
    await redis.clear();
    start('worker');
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assertTrainedOnce(tasks);
    assert.match(coordinator.output, /the queue lost 2 tasks: queued again/);
  });

  test('that loses all data does not settle tasks by failures of an earlier run', async () => {
    const task = queueTask(1, 'succeeds');
    const failure = {
      reason: 'error',
      message: 'out of luck',
      step: null,
      lastFinite: null,
      attempts: 2,
    } as const;
    markFailed(prepareTaskFolder(taskFolder(outDir, task), task), failure);
    const coordinator = start('coordinator', { tasks: [task] });
    await untilQueued(1);
    await redis.clear();
    await coordinator.untilPrinted(/the queue lost 1 task: queued again/);
    start('worker');
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assertTrainedOnce([task]);
  });
});

describe('a worker that is suspended longer than its lock lasts', { skip: noRedis, timeout: 600_000 }, () => {
  let redis: RedisServer;
  let outDir: string;
  let processes: QueueProcess[];

  beforeEach(async () => {
    redis = await RedisServer.start();
    outDir = newStore();
    processes = [];
  });

  afterEach(async () => {
    await Promise.all(processes.map(async (each) => each.kill()));
    await redis.remove();
  });

  function start(role: 'worker' | 'coordinator', spec: Partial<ProcessSpec> = {}): QueueProcess {
    const started = new QueueProcess(role, { redis: redis.url, outDir, ...spec });
    processes.push(started);
    return started;
  }

  test('abandons its task when it wakes up, and one complete result survives', async () => {
    const task = queueTask(1, 'waits at a checkpoint');
    const sleeper = start('worker');
    const coordinator = start('coordinator', { tasks: [task], retries: 0 });
    await untilStarted(outDir, 1);
    sleeper.child.kill('SIGSTOP');
    const other = start('worker');
    await other.untilPrinted(/started: linear.* from step 30/);
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    sleeper.child.kill('SIGCONT');
    await sleeper.untilPrinted(/lost to another worker/);
    assert.equal(await sleeper.kill('SIGTERM'), 130, sleeper.output);
    assert.doesNotMatch(sleeper.output, /failed/);
    assert.deepEqual(stateOf(outDir, task), { state: 'done' });
  });

  test('reacquires its lock when it wakes up if no other worker has the task', async () => {
    const task = queueTask(1, 'takes long');
    const sleeper = start('worker', { slots: 2 });
    const coordinator = start('coordinator', { tasks: [task] });
    await untilStarted(outDir, 1);
    sleeper.child.kill('SIGSTOP');
    await delay(TEST_TIMING.lockMs * 1.5);
    sleeper.child.kill('SIGCONT');
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assert.equal(startsOf(outDir).length, 1);
    assert.doesNotMatch(sleeper.output, /lost (to|because)/);
  });

  test('and is given its own task again does not train it twice at the same time', async () => {
    const busy = queueTask(1, 'never stops', { steps: 500 });
    const task = queueTask(2, 'waits at a checkpoint');
    start('worker');
    const coordinator = start('coordinator', { tasks: [busy, task] });
    await untilStarted(outDir, 1);
    const sleeper = start('worker', { slots: 2 });
    await untilStarted(outDir, 2);
    sleeper.child.kill('SIGSTOP');
    await coordinator.untilPrinted(/is gone, resuming elsewhere/);
    sleeper.child.kill('SIGCONT');
    await sleeper.untilPrinted(/done: linear/);
    assert.match(sleeper.output, /lost (to|because)(.|\n)*started: linear.* from step 30/);
    // The abandoned attempt does not keep the process alive.
    assert.equal(await sleeper.kill('SIGTERM'), 130, sleeper.output);
    assert.deepEqual(stateOf(outDir, task), { state: 'done' });
  });
});
