import { AsyncLocalStorage } from 'node:async_hooks';
import { isCrash } from '../faults/crash.js';
import { Audit } from './audit.js';
import type { SimulatedBucket } from './bucket-model.js';
import { EventQueue, type Event } from './event-queue.js';
import type { SimulatedProcess } from './process.js';
import type { SimulatedRedis } from './redis-link.js';
import { Random } from './random.js';

const running = new AsyncLocalStorage<SimulatedProcess | undefined>();
/** Kept, because the simulation replaces the timers. */
const { setImmediate: afterMicrotasks } = globalThis;

/** Returns the simulated process whose code is running; undefined outside of the simulation. */
export function currentProcess(): SimulatedProcess | undefined {
  return running.getStore();
}

/** Thrown when an invariant does not hold. */
export class Violation extends Error {}

/** A simulated operation on a disk, before which a fault may happen. */
export interface DiskOperation {
  readonly process: SimulatedProcess;
  readonly kind: string;
  readonly file: string;
}

/** Simulated time, and everything that happens in it, in one thread and in an order that depends on the seed alone. */
export class World {
  readonly random: Random;
  /** What happened, for people. Empty unless `recordsHistory`. */
  readonly history: string[] = [];
  readonly recordsHistory: boolean;
  readonly audit: Audit;
  /** Results of tasks by path. */
  readonly expectedResults: Map<string, string>;
  /** Null if there is none in this simulation. */
  redis: SimulatedRedis | null = null;
  bucket: SimulatedBucket | null = null;
  /** Whether faults may happen. */
  hasFaults = false;
  nowMs = 0;
  events = 0;
  operations = 0;
  /** Called before each operation on a disk. It may throw a fault. */
  onOperation: (operation: DiskOperation) => void = () => undefined;
  readonly #queue = new EventQueue<SimulatedProcess>();
  #violation: Violation | null = null;
  #isPreempting = false;

  constructor(seed: number, recordsHistory: boolean, expectedResults: Map<string, string>) {
    this.random = new Random(seed);
    this.recordsHistory = recordsHistory;
    this.expectedResults = expectedResults;
    this.audit = new Audit(this);
  }

  note(who: string, what: string): void {
    if (this.recordsHistory)
      this.history.push(`${(this.nowMs / 1000).toFixed(3).padStart(9)}  ${who.padEnd(16)}  ${what}`);
  }

  /** Stops the simulation as failed. Only the first violation counts, because others may follow from it. */
  violate(problem: string): void {
    this.note('VIOLATION', problem);
    this.#violation ??= new Violation(problem);
  }

  throwIfViolated(): void {
    if (this.#violation !== null) throw this.#violation;
  }

  after(delayMs: number, process: SimulatedProcess | null, act: () => void): Event<SimulatedProcess> {
    return this.#queue.add(this.nowMs + Math.max(0, delayMs), process, act);
  }

  /** Lets everything happen until the condition holds. @returns false if it does not hold by that time */
  async runUntil(condition: () => boolean, untilMs: number): Promise<boolean> {
    while (!condition()) {
      const event = this.#queue.peek();
      if (event === undefined || event.atMs > untilMs) {
        this.nowMs = Math.max(this.nowMs, untilMs);
        return condition();
      }
      this.#happen();
      await new Promise((resolve) => afterMicrotasks(resolve));
      this.throwIfViolated();
    }
    return true;
  }

  /** Runs code of a process, and lets the process die of an error that the code throws. */
  run(process: SimulatedProcess | undefined, act: () => void): void {
    running.run(process, () => {
      try {
        act();
      } catch (error) {
        if (process === undefined) throw error;
        this.uncaught(process, error);
      }
    });
  }

  uncaught(process: SimulatedProcess, error: unknown): void {
    if (!process.isAlive || isCrash(error)) return;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.violate(`${process.name} has an uncaught error: ${text}`);
  }

  /** Lets an event of another process happen in the middle of synchronous code, as another core would. */
  preempt(process: SimulatedProcess): void {
    const next = this.#queue.peek();
    if (this.#isPreempting || next?.process == null || next.process === process) return;
    if (next.atMs > this.nowMs + 50) return;
    this.#isPreempting = true;
    try {
      this.#happen();
    } finally {
      this.#isPreempting = false;
    }
  }

  #happen(): void {
    const event = this.#queue.pop();
    if (event === undefined) return;
    this.nowMs = Math.max(this.nowMs, event.atMs);
    this.events += 1;
    const { process, act } = event;
    if (process?.isAlive === false) return;
    if (process !== null && process.pausedUntilMs > this.nowMs)
      this.#queue.add(process.pausedUntilMs, process, () => {
        if (!event.isCancelled) act();
      });
    else this.run(process ?? undefined, act);
  }
}
