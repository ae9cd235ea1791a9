import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { contend, giveBack, type LockSteps, type Rules } from '../../src/store/lock-contest.js';
import type { Owner } from '../../src/store/lock-owner.js';

/** What one of the simulated processes does, in steps of the file system. */
interface Plan {
  /** Takings of the lock, each held for a while and released; a refusal is one, too. */
  readonly takings: number;
  readonly heldSteps: number;
  /** Steps after which it is killed, if it lives so long. */
  readonly lifeSteps: number;
}

/** Which of the processes that wait goes on, as a fraction of their number, and for how many steps, if it has so many. */
interface Choice {
  readonly among: number;
  readonly steps: number;
}

/** Lets one process at a time go on. Those that wait long, while others come and go, have the old views that could do harm. */
class Scheduler {
  readonly #waiting = new Map<SimulatedProcess, () => void>();

  turn(self: SimulatedProcess): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(self, resolve));
  }

  /** Until all that are not dead have ended. */
  async run(choices: Iterator<Choice>): Promise<void> {
    while (this.#waiting.size > 0) {
      const { among, steps } = choices.next().value as Choice;
      const chosen = [...this.#waiting.keys()][Math.floor(among * this.#waiting.size)];
      for (let step = 0; step < steps && chosen !== undefined; step += 1) {
        const goOn = this.#waiting.get(chosen);
        this.#waiting.delete(chosen);
        goOn?.();
        // What follows from a step is done before the loop of events goes on.
        await nextTurn();
      }
    }
  }
}

/** A process dies between two steps; the promise of the next then never settles. */
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

  /** Waits for its turn, then does the whole step. */
  async step<T>(action: () => T): Promise<T> {
    await this.#scheduler.turn(this);
    this.#steps += 1;
    if (this.#steps > this.#lifeSteps) this.isDead = true;
    return this.isDead ? new Promise<never>(() => undefined) : action();
  }
}

/** The lock folder and the processes of one host. */
class World {
  readonly scheduler = new Scheduler();
  takings = 0;
  /** At first that of a process that is gone. */
  readonly #owners = new Map([[3, ownerOf(-1, 0)]]);
  readonly #processes: SimulatedProcess[] = [];

  async run({ takings, heldSteps, lifeSteps }: Plan): Promise<void> {
    const self = new SimulatedProcess(this.scheduler, lifeSteps);
    const pid = this.#processes.push(self) - 1;
    const folder = this.#stepsOf(self);
    for (let taking = 0; taking < takings; taking += 1) {
      const owner = ownerOf(pid, taking);
      try {
        const held = await contend(folder, owner, this.#rules());
        self.holds = true;
        this.#checkHolders();
        for (let step = 0; step < heldSteps; step += 1) await self.step(() => undefined);
        self.holds = false;
        await giveBack(folder, held, owner);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    }
  }

  #checkHolders(): void {
    this.takings += 1;
    const holders = this.#processes.filter(({ holds, isDead }) => holds && !isDead);
    assert.equal(holders.length, 1, 'processes hold the lock at a time');
  }

  #rules(): Rules {
    return {
      lifeOf: ({ pid }) => (this.#processes[pid]?.isDead === false ? 'alive' : 'gone'),
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
      readBeat: () => self.step(() => ''),
    };
  }
}

class Refusal extends Error {}

function ownerOf(pid: number, taking: number): Owner {
  return {
    nonce: `${pid}-${taking}`,
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
  takings: fc.integer({ min: 1, max: 3 }),
  heldSteps: fc.integer({ min: 0, max: 12 }),
  lifeSteps: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 25 })),
});

test('in any order of the steps of processes that come, go and are killed, one at most holds the lock', async () => {
  let takings = 0;
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
        // Those that are killed never end.
        const runs = plans.map((each) => world.run(each));
        await Promise.race([Promise.all(runs), world.scheduler.run(choices)]);
        takings += world.takings;
      },
    ),
    { numRuns: 3000 },
  );
  assert.ok(takings > 3000, `${takings} takings`);
});
