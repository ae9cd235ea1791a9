import { TASKS } from './experiment.js';
import { Faults } from './faults.js';
import { SimulatedDisk } from './disk.js';
import { SimulatedRun, type RunSettings } from './coordinator.js';
import { OwnershipAudit } from './ownership.js';
import { Machine } from './process.js';
import type { World } from './world.js';
import { finish } from './ending.js';

const DAY_MS = 86_400_000;
/** How likely the user does nothing more, at each step after all tasks are done. */
const IDLE_CHANCE = 0.4;
const MAX_FAULTS_MS = 40_000;

/** One or two machines that share a disk, and up to three runs at a time that compete for its store. */
export async function simulateLocalRuns(world: World): Promise<void> {
  const { random } = world;
  const disk = new SimulatedDisk('disk');
  const machines = Array.from(
    { length: random.pick([1, 2, 2]) },
    (_, n) => new Machine(world, `machine-${n + 1}`, disk),
  );
  const settings: RunSettings = {
    tasks: TASKS.slice(0, 1 + random.below(TASKS.length)),
    workers: 1 + random.below(3),
    isolation: random.pick(['thread', 'process']),
  };
  const runs: SimulatedRun[] = [];
  const start = (): SimulatedRun => {
    const machine = machines[random.below(machines.length)];
    if (machine === undefined) throw new Error('There is no machine.');
    const run = new SimulatedRun(machine, `run ${runs.length + 1}`, settings);
    runs.push(run);
    return run;
  };
  const checkStores = (): void => {
    world.audit.checkStore(disk, settings.tasks);
  };
  const faults = new Faults(world, machines, DAY_MS);
  const ownership = new OwnershipAudit(world);
  world.onOperation = (operation) => {
    ownership.observe(operation);
    faults.onOperation(operation);
  };
  world.hasFaults = true;
  const actAsUser = (): void => {
    if (!world.hasFaults) return;
    const active = runs.filter(({ hasEnded }) => !hasEnded);
    if (active.length < 3 && random.chance(active.length === 0 ? 0.9 : 0.3)) start();
    else if (random.chance(0.2)) active[random.below(active.length)]?.interrupt();
    checkStores();
    isIdle = runs.some(({ hasCompleted }) => hasCompleted) && random.chance(IDLE_CHANCE);
    world.after(random.between(500, 5_000), null, actAsUser);
  };
  let isIdle = false;
  actAsUser();
  await world.runUntil(() => isIdle, random.between(5_000, MAX_FAULTS_MS));
  faults.stop();
  await finish(world, runs, start, checkStores);
  // A run takes a marker that it finds as durable, although a killed process may not have synced it. What a run reported is durable.
  disk.losePower(random);
  checkStores();
  await finish(world, runs, start, checkStores);
  disk.flush();
  world.audit.checkResults(disk, settings.tasks);
}

/** One run of all tasks without faults, for its results. */
export async function simulateUndisturbedRun(world: World): Promise<void> {
  const disk = new SimulatedDisk('disk');
  const machine = new Machine(world, 'machine', disk);
  await finish(
    world,
    [],
    () => new SimulatedRun(machine, 'run', { tasks: TASKS, workers: 1, isolation: 'thread' }),
  );
  world.audit.checkResults(disk, TASKS);
  world.throwIfViolated();
}
