import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { parseBucketUrl } from '../../../src/remote/bucket/address.js';
import { ResultBucket } from '../../../src/remote/bucket/result-bucket.js';
import { TASK_FILES } from '../../../src/store/task-folder.js';
import type { Task } from '../../../src/task/task.js';
import { noRedis } from '../no-redis.js';
import { RedisServer } from '../redis-server.js';
import { noS3, S3Server } from '../bucket/s3-server.js';
import { startsOf, untilStarted } from '../../run/stand-in.js';
import { finish } from '../../store/sample-store.js';
import { newStore, QueueProcess, queueTask, stateOf, type ProcessSpec } from './fleet.js';

const NAME = 'results';
const URL = `s3://${NAME}`;

describe('workers with stores of their own and a bucket', { skip: noRedis || noS3, timeout: 600_000 }, () => {
  let redis: RedisServer;
  let s3: S3Server;
  let outDir: string;
  let processes: QueueProcess[];

  before(async () => {
    [redis, s3] = await Promise.all([RedisServer.start(), S3Server.start()]);
  });

  after(async () => {
    await Promise.all([redis.remove(), s3.kill()]);
  });

  beforeEach(async () => {
    await Promise.all([redis.clear(), s3.reset()]);
    await s3.createBucket(NAME);
    outDir = newStore();
    processes = [];
  });

  afterEach(async () => {
    await Promise.all(processes.map(async (each) => each.kill()));
  });

  function start(role: 'worker' | 'coordinator', spec: Partial<ProcessSpec>): QueueProcess {
    const started = new QueueProcess(role, { redis: redis.url, outDir, bucket: URL, ...spec });
    processes.push(started);
    return started;
  }

  async function openBucket(): Promise<ResultBucket> {
    return ResultBucket.open(parseBucketUrl(URL), new AbortController().signal);
  }

  async function restartBucket(): Promise<void> {
    await s3.start();
    await s3.createBucket(NAME);
  }

  function assertDone(tasks: readonly Task[], stores: readonly string[]): void {
    for (const task of tasks) assert.deepEqual(stateOf(outDir, task), { state: 'done' }, task.name);
    assert.deepEqual(stores.flatMap(startsOf).sort(), tasks.map(({ name }) => name).sort());
  }

  test('share a sweep: the coordinator gets every result, and each task is trained once', async () => {
    const tasks = Array.from({ length: 20 }, (_, seed) => queueTask(seed, 'takes a while'));
    const stores = [newStore(), newStore()];
    for (const store of stores) start('worker', { outDir: store });
    const coordinator = start('coordinator', { tasks });
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assertDone(tasks, stores);
    for (const store of stores) assert.notEqual(startsOf(store).length, 0);
    assert.doesNotMatch(coordinator.output, /in the stores of the workers/);
  });

  test('do not train a task with a result that is already in the bucket', async () => {
    const task = queueTask(1, 'succeeds');
    const [elsewhere, store] = [newStore(), newStore()];
    const coordinator = start('coordinator', { tasks: [task] });
    await coordinator.untilPrinted(/the queue is/);
    finish(elsewhere, task);
    await (await openBucket()).send(task, elsewhere);
    const worker = start('worker', { outDir: store });
    await worker.untilPrinted(/already done: linear/);
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assertDone([], [store]);
    assert.deepEqual(stateOf(outDir, task), { state: 'done' });
  });

  test('start after the coordinator has downloaded the results in the bucket', async () => {
    const tasks = [queueTask(1, 'succeeds'), queueTask(2, 'succeeds')];
    const elsewhere = newStore();
    const bucket = await openBucket();
    for (const task of tasks) {
      finish(elsewhere, task);
      await bucket.send(task, elsewhere);
    }
    const coordinator = start('coordinator', { tasks });
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assert.match(coordinator.output, /downloaded from s3:\/\/results: 2 results/);
    assertDone([], []);
  });

  test('set corrupt tasks in their own stores aside and train them again', async () => {
    const task = queueTask(1, 'is corrupt once');
    const store = newStore();
    const worker = start('worker', { outDir: store });
    const coordinator = start('coordinator', { tasks: [task] });
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assert.match(
      worker.output,
      /corrupt: linear.*: its checkpoint is cut short; set aside as .*[.]corrupt-1\n/,
    );
    assert.deepEqual(stateOf(outDir, task), { state: 'done' });
    assert.equal(startsOf(store).length, 2);
  });

  test('keep a result until the bucket is reachable again', async () => {
    const task = queueTask(1, 'takes a while');
    const store = newStore();
    const worker = start('worker', { outDir: store });
    const coordinator = start('coordinator', { tasks: [task] });
    await untilStarted(store, 1);
    await s3.kill();
    await worker.untilPrinted(/can't use the bucket at s3:\/\/results \(.*; retrying/);
    assert.deepEqual(stateOf(outDir, task), { state: 'new' });
    await restartBucket();
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assertDone([task], [store]);
  });

  test('keep a result when they are stopped without the bucket, and send it at their next start', async () => {
    const task = queueTask(1, 'takes a while');
    const store = newStore();
    const worker = start('worker', { outDir: store });
    const coordinator = start('coordinator', { tasks: [task] });
    await untilStarted(store, 1);
    await s3.kill();
    await worker.untilPrinted(/; retrying/);
    assert.equal(await worker.kill('SIGTERM'), 130, worker.output);
    assert.match(
      worker.output,
      /returned to the queue, its result is only in the store of this worker: linear/,
    );
    await restartBucket();
    const again = start('worker', { outDir: store });
    await again.untilPrinted(/synced with s3:\/\/results: 1 result\n/);
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assertDone([task], [store]);
  });

  test('train a task again if its result in the bucket is corrupt', async () => {
    const task = queueTask(1, 'succeeds');
    const [elsewhere, store] = [newStore(), newStore()];
    const coordinator = start('coordinator', { tasks: [task] });
    await coordinator.untilPrinted(/the queue is/);
    finish(elsewhere, task);
    await (await openBucket()).send(task, elsewhere);
    await s3.put(NAME, `tasks/${task.name}/${TASK_FILES.steps}`, 'steps.arrow CONTENT');
    start('worker', { outDir: store });
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assert.match(coordinator.output, /queued again: linear.*: the result in the bucket is corrupt: steps/);
    assertDone([task], [store]);
  });

  test('report a task as done three times without a result in the bucket before it counts as corrupt', async () => {
    const task = queueTask(1, 'succeeds');
    const store = newStore();
    // The worker does not use the bucket.
    finish(store, task);
    start('worker', { outDir: store, bucket: undefined });
    const coordinator = start('coordinator', { tasks: [task] });
    await coordinator.ended();
    const again = coordinator.output.match(/queued again/g) ?? [];
    assert.equal(again.length, 2, coordinator.output);
    assert.match(coordinator.output, /corrupt: linear.*: the bucket has no result/);
    assert.deepEqual(stateOf(outDir, task), { state: 'new' });
  });

  test('finish a task while the bucket is down: the coordinator downloads the result afterwards', async () => {
    const task = queueTask(1, 'succeeds');
    const store = newStore();
    const coordinator = start('coordinator', { tasks: [task] });
    await coordinator.untilPrinted(/the queue is/);
    finish(store, task);
    await s3.kill();
    start('worker', { outDir: store, bucket: undefined });
    await coordinator.untilPrinted(/can't use the bucket .*; retrying/);
    // The bucket is empty after the restart. Suspend the coordinator until the bucket has the result again.
    coordinator.child.kill('SIGSTOP');
    await restartBucket();
    await (await openBucket()).send(task, store);
    coordinator.child.kill('SIGCONT');
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assertDone([], []);
    assert.deepEqual(stateOf(outDir, task), { state: 'done' });
  });

  test('lose their queue while the bucket is down: the coordinator finds the result in the bucket afterwards', async () => {
    const task = queueTask(1, 'succeeds');
    const store = newStore();
    const coordinator = start('coordinator', { tasks: [task] });
    await coordinator.untilPrinted(/the queue is/);
    finish(store, task);
    await s3.kill();
    await redis.clear();
    await coordinator.untilPrinted(/can't use the bucket .*; retrying/);
    await restartBucket();
    await (await openBucket()).send(task, store);
    start('worker', { outDir: newStore() });
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    assert.deepEqual(stateOf(outDir, task), { state: 'done' });
  });
});
