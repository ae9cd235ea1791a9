import { simulateBucketClients } from './bucket-clients.js';
import { spreadLockSteps } from './lock-steps.js';
import { replaceSurroundings, resetSurroundings } from './surroundings.js';
import { simulateLocalRuns, simulateUndisturbedRun } from './local-scenario.js';
import { simulateQueueBackends } from './queue-backend.js';
import { simulateQueue } from './queue-scenario.js';
import { simulateRedisClients } from './redis-link.js';
import { Violation, World } from './world.js';

export interface Simulated {
  readonly seed: number;
  /** The invariant that does not hold; null if all do. */
  readonly problem: string | null;
  /** What happened, one line each. Empty unless asked for. */
  readonly history: readonly string[];
  readonly events: number;
  readonly operations: number;
  readonly simulatedMs: number;
}

/** The bytes of results that were never disturbed. */
const expectedResults = new Map<string, string>();

/** The remainder of a seed selects what it simulates. */
const SCENARIOS = [simulateLocalRuns, simulateQueue, simulateLocalRuns];

/** Simulates what follows from a seed. It must not run twice at a time in a process. */
export async function simulate(seed: number, recordsHistory = false): Promise<Simulated> {
  resetSurroundings();
  const world = new World(seed, recordsHistory, expectedResults);
  let problem: string | null = null;
  // Missing files are common, and so are their errors.
  Error.stackTraceLimit = recordsHistory ? 30 : 0;
  unhandled = (error) => {
    world.violate(
      `an unhandled rejection: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  };
  try {
    await SCENARIOS[seed % SCENARIOS.length]?.(world);
    world.throwIfViolated();
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    problem = error.message;
  }
  const { history, events, operations, nowMs } = world;
  return { seed, problem, history, events, operations, simulatedMs: nowMs };
}

let unhandled: (error: unknown) => void = () => undefined;

/** Prepares this process for simulations. There is no way back. */
export async function prepare(): Promise<void> {
  replaceSurroundings();
  spreadLockSteps();
  simulateRedisClients();
  simulateQueueBackends();
  simulateBucketClients();
  // A run loads it when it starts its first task. From then on, loading it takes no real time.
  await import('../../src/run/local-executor.js');
  process.on('unhandledRejection', (error) => {
    unhandled(error);
  });
  await simulateUndisturbedRun(new World(0, false, expectedResults));
}
