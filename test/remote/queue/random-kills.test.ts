import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import { runSweep } from '../../../src/run/run-sweep.js';
import { TEMPORARY_SUFFIX } from '../../../src/store/files.js';
import { standInOptions, startsOf, untilStarted } from '../../run/stand-in.js';
import { resultHashes } from '../../faults/command.js';
import { newStore, QueueProcess, queueTask, stateOf } from './fleet.js';
import { noRedis } from '../no-redis.js';
import { RedisServer } from '../redis-server.js';
import { SEED } from '../../seed.js';
import { reportResult } from '../../soak/figures.js';

/** Number of kills; `npm run test:soak` sets hundreds. */
const KILLS = Number(process.env['VAE_SWEEP_KILLS'] ?? 4);
const TASKS = 100 * KILLS;
const WORKERS = 4;

test(
  `${TASKS} short tasks over ${WORKERS} workers, ${KILLS} of them killed (seed ${SEED}), give every result once, identical to a local run`,
  { skip: noRedis, timeout: 120_000 + KILLS * 20_000 },
  async () => {
    const tasks = Array.from({ length: TASKS }, (_, seed) => queueTask(seed, 'succeeds'));
    const local = newStore();
    await runSweep({ name: 'mine', file: 'mine.yaml', tasks }, standInOptions(local));
    const redis = await RedisServer.start();
    const outDir = newStore();
    const spec = { redis: redis.url, outDir };
    const coordinator = new QueueProcess('coordinator', { ...spec, tasks });
    const workers = Array.from({ length: WORKERS }, () => new QueueProcess('worker', spec));
    const random = mersenne(SEED);
    for (let kill = 1; kill <= KILLS; kill++) {
      await untilStarted(outDir, (kill * TASKS) / (KILLS + 2));
      const victim = uniformInt(random, 0, WORKERS - 1);
      await workers[victim]?.kill();
      workers[victim] = new QueueProcess('worker', spec);
    }
    assert.equal(await coordinator.ended(), 0, coordinator.output);
    await Promise.all(workers.map(async (worker) => worker.kill()));
    await redis.remove();
    assert.match(coordinator.output, new RegExp(`${TASKS} done, 0 failed\n$`));
    for (const task of tasks) assert.deepEqual(stateOf(outDir, task), { state: 'done' }, task.name);
    assert.equal(readdirSync(path.join(outDir, 'tasks')).length, TASKS);
    assert.deepEqual(completeFiles(outDir), completeFiles(local));
    // A worker has one task at a time, so no other task was started twice.
    const starts = startsOf(outDir).length;
    assert.ok(starts <= TASKS + KILLS);
    reportResult(`kills of queue workers: ${KILLS}, ${TASKS} tasks with the same bytes, ${starts} starts`);
  },
);

/** Returns the hashes without temporary files, which a killed worker leaves behind until its task is trained again. */
function completeFiles(outDir: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(resultHashes(outDir)).filter(([file]) => !file.endsWith(TEMPORARY_SUFFIX)),
  );
}
