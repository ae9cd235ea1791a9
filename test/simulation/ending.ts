import type { SimulatedRun } from './coordinator.js';
import { Violation, type World } from './world.js';

/** A run without faults that takes longer waits for something that will not happen. A lease and the longest suspension take less. */
const MAX_RUN_MS = 600_000;
const MAX_FINAL_RUNS = 6;

/** Lets all runs end, and then runs the sweep until all tasks are done. */
export async function finish(
  world: World,
  runs: readonly SimulatedRun[],
  start: () => SimulatedRun,
  checkStores: () => void = () => undefined,
): Promise<void> {
  await untilEnded(world, runs);
  checkStores();
  world.throwIfViolated();
  for (let run = 0; run < MAX_FINAL_RUNS; run += 1) {
    const last = start();
    await untilEnded(world, [last]);
    if (last.result === null) throw new Violation(`${last.process.name} ended without a result or an error`);
    if (last.hasCompleted) return;
  }
  throw new Violation(`after ${MAX_FINAL_RUNS} runs without faults, the sweep is not complete`);
}

async function untilEnded(world: World, runs: readonly SimulatedRun[]): Promise<void> {
  const active = runs.filter(({ hasEnded }) => !hasEnded);
  if (await world.runUntil(() => active.every(({ hasEnded }) => hasEnded), world.nowMs + MAX_RUN_MS)) return;
  const waiting = active.filter(({ hasEnded }) => !hasEnded);
  throw new Violation(
    `still running after ${MAX_RUN_MS / 1000} s without faults: ${waiting.map(({ process, lastLine }) => `${process.name} (${lastLine})`).join(', ')}`,
  );
}
