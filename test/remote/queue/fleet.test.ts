import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Task } from '../../../src/task/task.js';
import { eventsOf, startsOf, untilStarted } from '../../run/stand-in.js';
import { newStore, QueueProcess, queueTask, stateOf, untilLogged, type ProcessSpec } from './fleet.js';
import { noRedis } from '../no-redis.js';
import { RedisServer } from '../redis-server.js';
import { waitUntil } from '../../wait-until.js';

describe('a queue', { skip: noRedis, timeout: 600_000 }, () => {
  let redis: RedisServer;
  let outDir: string;
  let processes: QueueProcess[];

  before(async () => {
    redis = await RedisServer.start();
  });

  after(async () => redis.remove());

  beforeEach(() => {
    outDir = newStore();
    processes = [];
  });

  afterEach(async () => {
    await Promise.all(processes.map(async (each) => each.kill()));
    await redis.clear();
  });

  function start(role: 'worker' | 'coordinator', spec: Partial<ProcessSpec> = {}): QueueProcess {
    const started = new QueueProcess(role, { redis: redis.url, outDir, ...spec });
    processes.push(started);
    return started;
  }

  function assertDone(tasks: readonly Task[]): void {
    for (const task of tasks) assert.deepEqual(stateOf(outDir, task), { state: 'done' }, task.name);
  }

  async function untilWaiting(tasks: number): Promise<void> {
    await waitUntil(
      `${String(tasks)} tasks wait in the queue`,
      async () => (await redis.count('vae-sweep:tasks:wait')) >= tasks,
    );
  }

  test('is shared by two workers: each task is trained once, and the coordinator shows by which worker', async () => {
    const tasks = Array.from({ length: 12 }, (_, seed) => queueTask(seed, 'waits for a companion'));
    const workers = [start('worker'), start('worker')];
    const coordinator = start('coordinator', { tasks });
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assertDone(tasks);
    assert.deepEqual(startsOf(outDir).sort(), tasks.map(({ name }) => name).sort());
    for (const { child } of workers)
      assert.match(coordinator.output, new RegExp(`done: .* on .*-${String(child.pid)}\\n`));
    assert.match(coordinator.output, /12 done, 0 failed/);
  });

  test('gives the tasks of a killed worker to others, which resume from their checkpoints', async () => {
    const tasks = [queueTask(1, 'waits at a checkpoint'), queueTask(2, 'succeeds', { steps: 50 })];
    const first = start('worker');
    const coordinator = start('coordinator', { tasks });
    await untilStarted(outDir, 1);
    await untilLogged(outDir, 'task started');
    await first.kill();
    start('worker');
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assertDone(tasks);
    const starts = eventsOf(outDir).filter(({ event, task }) => event === 'start' && task === tasks[0]?.name);
    assert.deepEqual(
      starts.map(({ fromStep }) => fromStep),
      [0, 30],
    );
    assert.match(coordinator.output, /worker \S+-\d+ is gone, resuming elsewhere: linear/);
  });

  test('gets the task of a stopped worker back, with a checkpoint', async () => {
    const task = queueTask(1, 'runs until stopped');
    const first = start('worker');
    const coordinator = start('coordinator', { tasks: [task] });
    await first.untilPrinted(/started: linear/);
    await untilStarted(outDir, 1);
    assert.equal(await first.kill('SIGTERM'), 130);
    assert.match(first.output, /returned to the queue: linear.* at step 40\n/);
    // The worker itself returned the job. Otherwise the job would stay active until its lock expires.
    assert.equal(await redis.count('vae-sweep:tasks:wait'), 1);
    start('worker');
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    const starts = eventsOf(outDir).filter(({ event }) => event === 'start');
    assert.deepEqual(
      starts.map(({ fromStep }) => fromStep),
      [0, 40],
    );
  });

  test('outlives its coordinator: the workers continue, and a new coordinator takes over', async () => {
    const tasks = Array.from({ length: 40 }, (_, seed) => queueTask(seed, 'succeeds'));
    const killed = start('coordinator', { tasks });
    await killed.untilPrinted(/the queue is/);
    const worker = start('worker');
    await untilStarted(outDir, 5);
    await killed.kill();
    await worker.untilPrinted(/done: (.|\n)*done: (.|\n)*done: /);
    const next = start('coordinator', { tasks });
    assert.equal(await next.ended(), 0, next.output);
    assertDone(tasks);
    assert.equal(startsOf(outDir).length, tasks.length);
    assert.match(next.output, /took over the store/);
  });

  test('lets a coordinator leave by Ctrl-C, and the next one finds the results', async () => {
    const tasks = [queueTask(1, 'succeeds'), queueTask(2, 'succeeds')];
    const leaving = start('coordinator', { tasks });
    await leaving.untilPrinted(/the queue is/);
    await untilWaiting(tasks.length);
    assert.equal(await leaving.kill('SIGINT'), 130);
    assert.match(leaving.output, /detached: the workers continue/);
    const worker = start('worker');
    await worker.untilPrinted(/done: (.|\n)*done: /);
    const back = start('coordinator', { tasks });
    assert.equal(await back.ended(), 0, back.output);
    assert.match(back.output, /^2 tasks: 2 done/m);
  });

  test('rejects a worker of another version by name, and leaves its task to others', async () => {
    const tasks = [queueTask(1, 'succeeds')];
    const other = start('worker', { numerics: 7 });
    const coordinator = start('coordinator', { tasks });
    assert.equal(await other.ended(), 1, other.output);
    const reason = "the queue's tasks need numerics 1, but this worker has numerics 7";
    assert.match(other.output, new RegExp(`worker .*-${String(other.child.pid)} can't join: ${reason}`));
    assert.match(
      other.output,
      /the tasks are left over from another version: drop all waiting tasks with redis-cli -n 0 flushdb/,
    );
    await coordinator.untilPrinted(new RegExp(`rejected: worker .*-${String(other.child.pid)}: ${reason}`));
    start('worker');
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assertDone(tasks);
  });

  test('with tasks of another sweep is reported, with the command that drops them', async () => {
    const others = [queueTask(1, 'succeeds'), queueTask(2, 'succeeds')];
    const other = start('coordinator', { outDir: newStore(), tasks: others });
    await other.untilPrinted(/the queue is/);
    await untilWaiting(others.length);
    assert.equal(await other.kill('SIGINT'), 130);
    assert.doesNotMatch(other.output, /of other runs/);
    const coordinator = start('coordinator', { tasks: [queueTask(2, 'succeeds'), queueTask(3, 'succeeds')] });
    await coordinator.untilPrinted(/the queue also has 1 task of other runs.* redis-cli -n 0 flushdb\n/);
    start('worker');
    assert.equal(await coordinator.ended(), 0, coordinator.output);
  });

  test('fails a poisoned task after its retries, and the others continue', async () => {
    const poisoned = queueTask(1, 'crashes', { steps: 500 });
    const thrower = queueTask(2, 'throws', { steps: 400 });
    const once = queueTask(3, 'fails once', { steps: 300 });
    const diverging = queueTask(4, 'diverges', { steps: 200 });
    const good = queueTask(5, 'succeeds');
    start('worker', { slots: 2 });
    const coordinator = start('coordinator', {
      tasks: [poisoned, thrower, once, diverging, good],
      retries: 2,
    });
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assert.match(coordinator.output, /2 done, 3 failed/);
    const runs = (task: Task) => startsOf(outDir).filter((name) => name === task.name).length;
    assert.deepEqual([poisoned, thrower, once, diverging, good].map(runs), [3, 3, 2, 1, 1]);
    const failures = [poisoned, thrower, diverging].map((task) => stateOf(outDir, task));
    assert.deepEqual(
      failures.map((state) => state.state === 'failed' && [state.failure.reason, state.failure.attempts]),
      [
        ['crashed', 3],
        ['error', 3],
        ['diverged', 1],
      ],
    );
    assert.match(coordinator.output, /failed, retrying: linear.*: out of luck/);
    assert.match(coordinator.output, /failed: linear.*: the loss is not finite at step 8/);
  });

  test('reports the worker on which a task is corrupt', async () => {
    const task = queueTask(1, 'is corrupt once');
    const { child } = start('worker');
    const coordinator = start('coordinator', { tasks: [task] });
    await coordinator.ended();
    const corrupt = new RegExp(
      `corrupt: linear.*: its checkpoint is cut short, on .*-${String(child.pid)}\\n`,
    );
    assert.match(coordinator.output, corrupt);
    await untilLogged(outDir, 'task corrupt');
  });

  test('gets the task back from a worker that shuts down because it cannot write to its store', async () => {
    const task = queueTask(1, 'finds the disk full');
    const worker = start('worker');
    const coordinator = start('coordinator', { tasks: [task] });
    assert.equal(await worker.ended(), 1, worker.output);
    assert.match(worker.output, /ENOSPC/);
    assert.equal(stateOf(outDir, task).state, 'new');
    await coordinator.kill('SIGINT');
    assert.equal(await redis.count('vae-sweep:tasks:wait'), 1);
  });

  test('gets the task back from a worker that shuts down because its threads cannot start', async () => {
    const task = queueTask(1, 'succeeds');
    const worker = start('worker', { thread: './no-such-thread.js' });
    const coordinator = start('coordinator', { tasks: [task] });
    assert.equal(await worker.ended(), 1, worker.output);
    assert.match(worker.output, /no-such-thread/);
    start('worker');
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assertDone([task]);
  });
});
