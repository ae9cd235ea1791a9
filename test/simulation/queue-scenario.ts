import { BucketExchange } from '../../src/remote/bucket/bucket-exchange.js';
import { executeQueued } from '../../src/remote/queue/execute-queued.js';
import { SimulatedBucket } from './bucket-model.js';
import { SimulatedRun, type Remote } from './coordinator.js';
import { SimulatedDisk } from './disk.js';
import { finish } from './ending.js';
import { TASKS } from './experiment.js';
import { Faults } from './faults.js';
import { OwnershipAudit } from './ownership.js';
import { Machine } from './process.js';
import { QueueModel } from './queue-model.js';
import { openBucket, QUEUE, TIMING } from './queue-settings.js';
import { SimulatedWorker } from './queue-worker.js';
import { NetworkFaults } from './network-faults.js';
import { SimulatedRedis } from './redis-link.js';
import { Violation, type World } from './world.js';

/** How likely the user does nothing more, at each step after all tasks are done. */
const IDLE_CHANCE = 0.4;
const MAX_FAULTS_MS = 30_000;
/** BullMQ compares the wall clocks of machines when it delays a retry, so that a larger jump delays a task by as much. */
const MAX_CLOCK_JUMP_MS = 60_000;
const MAX_STOP_MS = 120_000;

/** Runs with a queue on one machine, and workers on two others that share its disk, or have their own disks and share a bucket. */
export async function simulateQueue(world: World): Promise<void> {
  const { random } = world;
  const redis = new SimulatedRedis(world, new QueueModel(() => world.nowMs));
  world.redis = redis;
  const bucket = random.chance(0.5) ? new SimulatedBucket(world) : null;
  world.bucket = bucket;
  const shared = new SimulatedDisk('disk');
  const [first, ...others] = ['coordinator', 'worker-1', 'worker-2'].map(
    (name) => new Machine(world, name, bucket === null ? shared : new SimulatedDisk(`disk of ${name}`)),
  );
  if (first === undefined) throw new Error('There is no machine.');
  const tasks = TASKS.slice(0, 1 + random.below(TASKS.length));
  const runs: SimulatedRun[] = [];
  const start = (): SimulatedRun => {
    const settings = { tasks, workers: 1, isolation: 'process', connect: connectQueue } as const;
    const run = new SimulatedRun(first, `run ${runs.length + 1}`, settings);
    runs.push(run);
    return run;
  };
  const workers: SimulatedWorker[] = [];
  const startWorker = (): void => {
    const machine = others[random.below(others.length)];
    if (machine !== undefined) workers.push(new SimulatedWorker(machine, `worker ${workers.length + 1}`));
  };
  const activeWorkers = (): SimulatedWorker[] => workers.filter(({ hasEnded }) => !hasEnded);
  const checkStores = (): void => {
    for (const disk of disks) world.audit.checkStore(disk, tasks);
    bucket?.check();
  };
  const machines = [first, ...others];
  const disks = new Set(machines.map(({ disk }) => disk));
  const faults = new Faults(world, machines, MAX_CLOCK_JUMP_MS);
  const networkFaults = new NetworkFaults(world, redis, bucket, machines);
  const ownership = new OwnershipAudit(world);
  world.onOperation = (operation) => {
    ownership.observe(operation);
    faults.onOperation(operation);
  };
  world.hasFaults = true;
  const actAsUser = (): void => {
    const active = activeWorkers();
    if (active.length < (world.hasFaults ? 2 : 1)) startWorker();
    if (world.hasFaults) {
      const run = runs.at(-1);
      if (run?.hasEnded !== false) start();
      else if (random.chance(0.1)) run.interrupt();
      if (random.chance(0.1)) active[random.below(active.length)]?.interrupt();
      checkStores();
      isIdle = runs.some(({ hasCompleted }) => hasCompleted) && random.chance(IDLE_CHANCE);
    }
    if (!isOver) world.after(random.between(500, 5_000), null, actAsUser);
  };
  let isOver = false;
  let isIdle = false;
  actAsUser();
  await world.runUntil(() => isIdle, random.between(5_000, MAX_FAULTS_MS));
  faults.stop();
  networkFaults.stop();
  await finish(world, runs, start, checkStores);
  first.disk.flush();
  world.audit.checkResults(first.disk, tasks);
  isOver = true;
  for (const worker of activeWorkers()) worker.interrupt();
  if (!(await world.runUntil(() => activeWorkers().length === 0, world.nowMs + MAX_STOP_MS)))
    throw new Violation(`${activeWorkers()[0]?.process.name ?? ''} does not stop`);
}

async function connectQueue(world: World, signal: AbortSignal): Promise<Remote> {
  const bucket = await openBucket(world, signal);
  const options = { address: QUEUE, timing: TIMING, ...(bucket && { bucket }) };
  return {
    executor: (begin, context) => executeQueued(begin, { ...context, ...options }),
    ...(bucket && { exchange: new BucketExchange(bucket) }),
  };
}
