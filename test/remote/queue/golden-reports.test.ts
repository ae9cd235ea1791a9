import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodePayload } from '../../../src/remote/queue/payload.js';
import { noRedis } from '../no-redis.js';
import { RedisServer } from '../redis-server.js';
import { assertGolden } from '../../golden.js';
import { newStore, QueueProcess, queueTask } from './fleet.js';

test(
  'the messages of coordinators and workers in Redis match the golden file of this protocol version',
  { skip: noRedis, timeout: 60_000 },
  async () => {
    const behaviors = ['diverges', 'is corrupt once', 'succeeds', 'throws'] as const;
    const tasks = behaviors.map((behavior, seed) => queueTask(seed, behavior));
    const redis = await RedisServer.start();
    const spec = { redis: redis.url, outDir: newStore(), tasks, retries: 0 };
    const worker = new QueueProcess('worker', spec);
    const coordinator = new QueueProcess('coordinator', spec);
    let reports: string[];
    try {
      assert.equal(await coordinator.ended(), 0, coordinator.output);
      reports = (await redis.entries('vae-sweep:tasks:events')).flatMap(
        ({ event, returnvalue, failedReason }) =>
          event === 'completed' || event === 'failed' ? [returnvalue ?? failedReason ?? ''] : [],
      );
    } finally {
      await worker.kill();
      await redis.remove();
    }
    const payloads = tasks.map((task) =>
      JSON.stringify(encodePayload({ task, predecessorSteps: 50, failures: 2 })),
    );
    // Replace the name of the worker and the elapsed time.
    const portable = reports.map((report) =>
      report.replace(/"worker":"[^"]+-\d+"/, '"worker":"WORKER"').replace(/in \d+ m?s"/, 'in TIME"'),
    );
    assertGolden('queue-messages.txt', [...payloads, ...portable.sort(), ''].join('\n'));
  },
);
