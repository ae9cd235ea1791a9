import type { Event } from './event-queue.js';
import type { SimulatedProcess } from './process.js';
import { currentProcess } from './world.js';

/** Timers fire up to this much late, as those of a busy machine do. */
const MAX_LATE_MS = 4;

/** A timer of a simulated process. Repeats if it has an interval. */
class FakeTimer {
  readonly #process: SimulatedProcess;
  readonly #everyMs: number | null;
  readonly #act: () => void;
  #event: Event<SimulatedProcess>;

  constructor(process: SimulatedProcess, delayMs: number, repeats: boolean, act: () => void) {
    this.#process = process;
    this.#everyMs = repeats ? Math.max(1, delayMs) : null;
    this.#act = act;
    this.#event = this.#schedule(delayMs);
  }

  clear(): void {
    this.#event.isCancelled = true;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  #schedule(delayMs: number): Event<SimulatedProcess> {
    const { world } = this.#process;
    return world.after(delayMs + world.random.between(0, MAX_LATE_MS), this.#process, () => {
      if (this.#everyMs !== null) this.#event = this.#schedule(this.#everyMs);
      this.#act();
    });
  }
}

type Globals = Pick<
  typeof globalThis,
  'setTimeout' | 'clearTimeout' | 'setInterval' | 'clearInterval' | 'setImmediate' | 'clearImmediate' | 'Date'
>;

/** Returns timers and clocks that are those of the simulated process that calls them, and otherwise the given real ones. */
export function simulatedGlobals(real: Globals): Globals {
  const timer =
    (name: 'setTimeout' | 'setInterval' | 'setImmediate') =>
    (act: (...args: unknown[]) => void, ...rest: unknown[]): unknown => {
      const process = currentProcess();
      const call = real[name] as (...args: unknown[]) => unknown;
      if (process === undefined) return call(act, ...rest);
      const [delayMs, ...args] = name === 'setImmediate' ? [0, ...rest] : rest;
      return new FakeTimer(process, Number(delayMs ?? 0), name === 'setInterval', () => {
        act(...args);
      });
    };
  const clear = (name: 'clearTimeout' | 'clearInterval' | 'clearImmediate') => (timer: unknown) => {
    if (timer instanceof FakeTimer) timer.clear();
    else (real[name] as (timer: unknown) => void)(timer);
  };
  return {
    setTimeout: timer('setTimeout') as typeof setTimeout,
    setInterval: timer('setInterval') as typeof setInterval,
    setImmediate: timer('setImmediate') as typeof setImmediate,
    clearTimeout: clear('clearTimeout'),
    clearInterval: clear('clearInterval'),
    clearImmediate: clear('clearImmediate'),
    Date: simulatedDate(real.Date),
  };
}

function simulatedDate(real: DateConstructor): DateConstructor {
  const now = (): number => currentProcess()?.machine.wallMs ?? real.now();
  return class extends real {
    constructor(...given: [] | [number | string | Date]) {
      if (given.length === 0) super(now());
      else super(...given);
    }

    static override now(): number {
      return now();
    }
  } as DateConstructor;
}

/** Like `setTimeout` and `setImmediate` of `node:timers/promises`. */
export function simulatedDelays(real: typeof import('node:timers/promises')) {
  return {
    setTimeout: async <T>(delayMs?: number, value?: T): Promise<T | undefined> =>
      currentProcess() === undefined
        ? real.setTimeout(delayMs, value)
        : new Promise((resolve) => setTimeout(resolve, delayMs, value)),
    setImmediate: async <T>(value?: T): Promise<T | undefined> =>
      currentProcess() === undefined
        ? real.setImmediate(value)
        : new Promise((resolve) => setImmediate(resolve, value)),
  };
}
