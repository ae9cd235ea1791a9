import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fc } from '../fast-check.js';
import { contend, release, type LockSteps, type Rules } from '../../src/store/lock-contest.js';
import type { Owner } from '../../src/store/lock-owner.js';

/** The plan of one simulated process, in steps of the file system. */
interface Plan {
  /** How many times it tries to acquire the lock. It holds an acquired lock for a while and then releases it. */
  readonly attempts: number;
  readonly heldSteps: number;
  /** The number of steps after which it is killed, unless it ends earlier. */
  readonly lifeSteps: number;
}

/** Which waiting process continues, as a fraction of their number, and for at most how many steps. */
interface Choice {
  readonly among: number;
  readonly steps: number;
}

/** Lets one process at a time continue. Processes that wait long while others come and go have the stale views that could do harm. */
class Scheduler {
  readonly #waiting = new Map<SimulatedProcess, () => void>();

  turn(self: SimulatedProcess): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(self, resolve));
  }

  /** Resolves once all processes have ended or died. */
  async run(choices: Iterator<Choice>): Promise<void> {
    while (this.#waiting.size > 0) {
      const { among, steps } = choices.next().value as Choice;
      const chosen = [...this.#waiting.keys()][Math.floor(among * this.#waiting.size)];
      for (let step = 0; step < steps && chosen !== undefined; step += 1) {
        const resume = this.#waiting.get(chosen);
        this.#waiting.delete(chosen);
        resume?.();
        // Consequences of the step happen before the next turn of the event loop.
        await nextTurn();
      }
    }
  }
}

/** A process that dies between two steps: the promise of its next step never settles. */
class SimulatedProcess {
  isDead = false;
  holds = false;
  #steps = 0;
  readonly #scheduler: Scheduler;
  readonly #lifeSteps: number;

  constructor(scheduler: Scheduler, lifeSteps: number) {
    this.#scheduler = scheduler;
    this.#lifeSteps = lifeSteps;
  }

  /** Waits for its turn, then executes the step atomically. */
  async step<T>(action: () => T): Promise<T> {
    await this.#scheduler.turn(this);
    this.#steps += 1;
    if (this.#steps > this.#lifeSteps) this.isDead = true;
    return this.isDead ? new Promise<never>(() => undefined) : action();
  }
}

/** Simulates a lock folder and the processes of one host. */
class World {
  readonly scheduler = new Scheduler();
  acquisitions = 0;
  /** Initially, the lock belongs to a process that is gone. */
  readonly #owners = new Map([[3, ownerOf(-1, 0)]]);
  readonly #processes: SimulatedProcess[] = [];

  async run({ attempts, heldSteps, lifeSteps }: Plan): Promise<void> {
    const self = new SimulatedProcess(this.scheduler, lifeSteps);
    const pid = this.#processes.push(self) - 1;
    const folder = this.#stepsOf(self);
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const owner = ownerOf(pid, attempt);
      try {
        const held = await contend(folder, owner, this.#rules());
        self.holds = true;
        this.#checkHolders();
        for (let step = 0; step < heldSteps; step += 1) await self.step(() => undefined);
        self.holds = false;
        await release(folder, held, owner);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    }
  }

  #checkHolders(): void {
    this.acquisitions += 1;
    const holders = this.#processes.filter(({ holds, isDead }) => holds && !isDead);
    assert.equal(holders.length, 1, 'the number of processes that hold the lock');
  }

  #rules(): Rules {
    return {
      livenessOf: ({ pid }) => (this.#processes[pid]?.isDead === false ? 'alive' : 'gone'),
      refusal: () => new Refusal(),
      leaseMs: 0,
      pollMs: 0,
      now: () => 0,
      sleep: () => Promise.resolve(),
      onWatch: () => undefined,
    };
  }

  #stepsOf(self: SimulatedProcess): LockSteps {
    const owners = this.#owners;
    return {
      generations: () => self.step(() => [...owners.keys()]),
      read: (generation) => self.step(() => owners.get(generation) ?? null),
      create: (generation, owner) =>
        self.step(() => {
          if (owners.has(generation)) return false;
          owners.set(generation, owner);
          return true;
        }),
      replace: (generation, owner) => self.step(() => void owners.set(generation, owner)),
      remove: (generation) => self.step(() => void owners.delete(generation)),
      removeTemporaries: () => self.step(() => undefined),
      readHeartbeat: () => self.step(() => ''),
    };
  }
}

class Refusal extends Error {}

function ownerOf(pid: number, attempt: number): Owner {
  return {
    nonce: `${pid}-${attempt}`,
    host: 'here',
    machine: null,
    pid,
    boot: null,
    pidNamespace: null,
    processStart: null,
    startedAt: '',
    command: '',
    released: false,
  };
}

const plan = fc.record({
  attempts: fc.integer({ min: 1, max: 3 }),
  heldSteps: fc.integer({ min: 0, max: 12 }),
  lifeSteps: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 25 })),
});

test('at most one process holds the lock, in any interleaving of processes that start, end and are killed', async () => {
  let acquisitions = 0;
  const choice = fc.record({
    among: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    steps: fc.integer({ min: 1, max: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(plan, { minLength: 2, maxLength: 6 }),
      fc.infiniteStream(choice),
      async (plans, choices) => {
        const world = new World();
        // Processes that are killed never end.
        const runs = plans.map((each) => world.run(each));
        await Promise.race([Promise.all(runs), world.scheduler.run(choices)]);
        acquisitions += world.acquisitions;
      },
    ),
    { numRuns: 3000 },
  );
  assert.ok(acquisitions > 3000, `${acquisitions} acquisitions`);
});
