import { UserError } from '../../src/errors.js';
import type { Executor, ResultExchange } from '../../src/run/executor.js';
import { runSweep, type RunResult } from '../../src/run/run-sweep.js';
import type { Task } from '../../src/task/task.js';
import type { Machine, SimulatedProcess } from './process.js';
import type { World } from './world.js';

export const CHECKPOINT_EVERY_MS = 1000;
export const STALL_MS = 20_000;

/** How this machine reaches others. */
export interface Remote {
  readonly executor?: Executor;
  readonly exchange?: ResultExchange;
}

export interface RunSettings {
  readonly tasks: readonly Task[];
  readonly workers: number;
  readonly isolation: 'thread' | 'process';
  /** Opens what this run shares with others, in its process. @default nothing */
  readonly connect?: (world: World, signal: AbortSignal) => Promise<Remote>;
}

/** A `vae-sweep run` in a simulated process. */
export class SimulatedRun {
  readonly process: SimulatedProcess;
  /** Null while it runs, and for a process that died. */
  result: RunResult | UserError | null = null;
  /** What it said last, for a run that waits. */
  lastLine = '';
  readonly #stop = new AbortController();

  constructor(machine: Machine, name: string, settings: RunSettings) {
    this.process = machine.start(name);
    this.process.note(`starts on ${machine.name}`);
    const { world } = machine;
    world.after(world.random.between(50, 400), this.process, () => {
      this.#run(settings).catch((error: unknown) => {
        world.uncaught(this.process, error);
      });
    });
  }

  get hasEnded(): boolean {
    return !this.process.isAlive;
  }

  /** Whether it has found or made all tasks done. */
  get hasCompleted(): boolean {
    const { result } = this;
    if (result === null || result instanceof Error) return false;
    return !result.interrupted && result.failed.length + result.corrupt.length === 0;
  }

  /** Requests a graceful stop, as Ctrl-C does. */
  interrupt(): void {
    this.process.world.after(0, this.process, () => {
      this.process.note('gets Ctrl-C');
      this.#stop.abort(new Error('Ctrl-C'));
    });
  }

  async #run({ tasks, workers, isolation, connect }: RunSettings): Promise<void> {
    const { process } = this;
    const line = (text: string): void => {
      this.lastLine = text;
      process.note(`prints: ${text}`);
    };
    try {
      const remote = await connect?.(process.world, this.#stop.signal);
      this.result = await runSweep(
        { name: 'simulated', file: 'simulated.yaml', tasks },
        {
          outDir: '/simulated/out',
          workers,
          isolation,
          retries: 1,
          retryDiverged: false,
          retrainCorrupt: false,
          checkpointEveryMs: CHECKPOINT_EVERY_MS,
          stallMs: STALL_MS,
          memoryBytes: Infinity,
          logLevel: 'info',
          signal: this.#stop.signal,
          output: {
            line,
            settled: (task, settlement) => {
              if (!process.isAlive) return;
              line(`${settlement.type}: ${task.name}`);
              process.world.audit.settled(process, task, settlement);
            },
            stopping: (reason) => {
              line(`stops: ${String(reason)}`);
            },
            showProgress: (snapshot) => {
              snapshot();
              return () => undefined;
            },
          },
          ...remote,
        },
      );
      const { done, failed, corrupt, interrupted } = this.result;
      const text = `${done} done, ${failed.length} failed, ${corrupt.length} corrupt`;
      process.die(`ends: ${text}${interrupted ? ', interrupted' : ''}`);
    } catch (error) {
      if (!process.isAlive) return;
      if (!(error instanceof UserError)) throw error;
      this.result = error;
      process.die(`ends: ${error.message}`);
    }
  }
}
