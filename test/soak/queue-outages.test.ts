import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import { QUEUE_TIMING } from '../../src/remote/queue/timing.js';
import { taskFolder, verifyTask } from '../../src/store/task-folder.js';
import { newStore, QueueProcess, queueTask, TEST_TIMING } from '../remote/queue/fleet.js';
import { noRedis } from '../remote/no-redis.js';
import { RedisServer } from '../remote/redis-server.js';
import { startsOf } from '../run/stand-in.js';
import { SEED } from '../seed.js';
import { printFigure, reportResult } from './figures.js';

/** Simulated hours; `npm run test:soak` sets a day. */
const HOURS = Number(process.env['VAE_SWEEP_OUTAGE_HOURS'] ?? 0);
const skip = HOURS > 0 ? noRedis : 'a soak test: npm run test:soak';
/** All times of the queue are shorter by this factor, and so is a simulated hour. */
const SPEED = QUEUE_TIMING.lockMs / TEST_TIMING.lockMs;
const REAL_MS = (HOURS * 3_600_000) / SPEED;
const MAX_OUTAGE_MS = 3 * TEST_TIMING.lockMs;
const MAX_UPTIME_MS = 8_000;
const TASKS = 60;
const WORKERS = 3;

const OUTAGES = ['restart', 'no answer'] as const;

test(
  `${HOURS} simulated hours of random outages of Redis (seed ${SEED}) lose no task`,
  { skip },
  async () => {
    const redis = await RedisServer.start({ appendOnly: true });
    const random = mersenne(SEED);
    const counts = { restart: 0, 'no answer': 0, sweeps: 0, tasks: 0, startedAgain: 0, workersReplaced: 0 };
    const endMs = performance.now() + REAL_MS;
    try {
      while (performance.now() < endMs) {
        const outDir = newStore();
        const tasks = Array.from({ length: TASKS }, (_, index) =>
          queueTask(counts.tasks + index, 'takes a while'),
        );
        const spec = { redis: redis.url, outDir };
        const workers = Array.from({ length: WORKERS }, () => new QueueProcess('worker', spec));
        const coordinator = new QueueProcess('coordinator', { ...spec, tasks });
        // A command that starts during an outage ends with an error.
        await coordinator.untilPrinted(/the queue is/);
        for (const worker of workers) await worker.untilPrinted(/is waiting for tasks/);
        const isOver = coordinator.ended().then(() => true);
        while (!(await Promise.race([isOver, delay(uniformInt(random, 0, MAX_UPTIME_MS), false)]))) {
          const outage = OUTAGES[uniformInt(random, 0, OUTAGES.length - 1)] ?? 'restart';
          counts[outage] += 1;
          await interrupt(redis, outage, uniformInt(random, 0, MAX_OUTAGE_MS));
          // A worker that loses Redis while it starts ends with an error, and whoever supervises it starts it again.
          for (const [index, worker] of workers.entries())
            if (worker.child.exitCode !== null) {
              workers[index] = new QueueProcess('worker', spec);
              counts.workersReplaced += 1;
            }
        }
        assert.equal(await coordinator.ended(), 0, coordinator.output);
        await Promise.all(workers.map(async (worker) => worker.kill('SIGTERM')));
        for (const task of tasks)
          assert.deepEqual(verifyTask(taskFolder(outDir, task), task.id), { state: 'done' }, task.name);
        counts.sweeps += 1;
        counts.tasks += TASKS;
        counts.startedAgain += startsOf(outDir).length - TASKS;
        const hours = HOURS - ((endMs - performance.now()) * SPEED) / 3_600_000;
        printFigure(`${hours.toFixed(1)} of ${HOURS} simulated hours (${JSON.stringify(counts)})`);
      }
      reportResult(`outages of Redis: ${HOURS} simulated hours (${JSON.stringify(counts)})`);
    } finally {
      await redis.remove();
    }
  },
);

async function interrupt(redis: RedisServer, outage: (typeof OUTAGES)[number], ms: number): Promise<void> {
  if (outage === 'restart') {
    await redis.kill();
    await delay(ms);
    await redis.start();
  } else {
    redis.pause();
    await delay(ms);
    redis.resume();
  }
}
