import { spawn, type ChildProcess } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { InputError } from '../src/errors.js';
import { measureFleet } from './measure-fleet.js';
import type { MeasureOptions } from './options.js';
import { missingRedis, RedisServer } from '../test/remote/redis-server.js';
import type { QueueResult } from './result.js';
import { inTemporaryFolder } from './temporary-folder.js';

const TASKS = 100_000;
const WORKERS = 200;
const WORKER_PROCESSES = 2;
/** Number of tasks that a single worker executes one after the other. */
const SINGLE_TASKS = 2_000;
const POLL_MS = 50;

/** Measurements of the coordinator's process. */
export interface CoordinatorFigures {
  readonly taskMs: number;
  readonly firstTenthMs: number;
  readonly lastTenthMs: number;
  readonly peakBytes: number;
  /** Number of tasks that were queued again because their event was lost. */
  readonly putAgain: number;
}

/**
 * Measures tasks that train nothing through a real Redis with an append-only file, and compares two workers of a queue to two threads of a
 * run.
 */
export async function measureQueue(options: MeasureOptions): Promise<QueueResult> {
  if (missingRedis !== false)
    throw new InputError(`--only queue: ${missingRedis}: run apt-get install redis-server`);
  const { progress, steps = TASKS } = options;
  const [tasks, singleTasks] = [Math.min(TASKS, steps), Math.min(SINGLE_TASKS, steps)];
  progress(`queue: ${singleTasks} tasks, one worker`);
  const single = await drive(singleTasks, 1, 1);
  progress(`queue: ${tasks} tasks, ${WORKERS} workers`);
  const { redisBytesPerTask, ...many } = await drive(tasks, WORKERS, WORKER_PROCESSES);
  return {
    tasks,
    workers: WORKERS,
    singleTaskMs: single.taskMs,
    tasksPerSecond: 1000 / many.taskMs,
    firstTenthMs: many.firstTenthMs,
    lastTenthMs: many.lastTenthMs,
    redisBytesPerTask,
    coordinatorBytes: many.peakBytes,
    putAgain: many.putAgain,
    fleet: await measureFleet(options),
  };
}

async function drive(
  tasks: number,
  workers: number,
  processes: number,
): Promise<CoordinatorFigures & { redisBytesPerTask: number }> {
  const redis = await RedisServer.start({ appendOnly: true });
  const children: ChildProcess[] = [];
  try {
    return await inTemporaryFolder(async (outDir) => {
      const emptyBytes = await redis.usedBytes();
      const coordinator = start('queue-coordinator', [redis.url, String(tasks), outDir]);
      children.push(coordinator);
      const figures = text(coordinator.stdout);
      while ((await redis.count('vae-sweep:tasks:wait')) < tasks) {
        if (coordinator.exitCode !== null) throw new Error('the coordinator of the benchmark exited');
        await delay(POLL_MS);
      }
      const redisBytesPerTask = ((await redis.usedBytes()) - emptyBytes) / tasks;
      for (let number = 0; number < processes; number++)
        children.push(start('queue-workers', [redis.url, String(workers / processes)]));
      return { ...(JSON.parse(await figures) as CoordinatorFigures), redisBytesPerTask };
    });
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await redis.remove();
  }
}

function start(program: string, args: readonly string[]) {
  const file = fileURLToPath(new URL(`./${program}.js`, import.meta.url));
  return spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}
