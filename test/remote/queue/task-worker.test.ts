import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { parseQueueUrl } from '../../../src/remote/queue/address.js';
import { QueueConnection } from '../../../src/remote/queue/connection.js';
import { TaskWorker, type TaskHandler } from '../../../src/remote/queue/task-worker.js';
import { installedVersions } from '../../../src/task/registry.js';
import { noRedis } from '../no-redis.js';
import { RedisServer } from '../redis-server.js';
import { TEST_TIMING } from './fleet.js';

test(
  'a worker that loses Redis while it starts ends with an error instead of idling',
  { skip: noRedis, timeout: 60_000 },
  async () => {
    const redis = await RedisServer.start();
    const print = () => undefined;
    const connection = await QueueConnection.open(parseQueueUrl(redis.url), TEST_TIMING, print);
    await redis.kill();
    const worker = new TaskWorker({
      connection,
      name: 'starting',
      versions: installedVersions(),
      slots: 1,
      timing: TEST_TIMING,
      handler: {} as TaskHandler,
      print,
    });
    // Its second connection is refused at once.
    await delay(500);
    await redis.start();
    await assert.rejects(worker.broken, {
      name: 'QueueError',
      message: `worker starting lost the queue at ${redis.url}/0 while it started: start it again once Redis is reachable`,
    });
    await worker.close();
    await redis.remove();
  },
);
