import { UserError } from '../../src/errors.js';
import { runQueueWorker } from '../../src/remote/queue/run-worker.js';
import { installedVersions } from '../../src/task/registry.js';
import { OUT_DIR } from './disk.js';
import type { Machine, SimulatedProcess } from './process.js';
import { CHECKPOINT_EVERY_MS, STALL_MS } from './coordinator.js';
import { openBucket, QUEUE, TIMING } from './queue-settings.js';

/** A `vae-sweep worker` in a simulated process. */
export class SimulatedWorker {
  readonly process: SimulatedProcess;
  readonly #stop = new AbortController();

  constructor(machine: Machine, name: string) {
    this.process = machine.start(name);
    this.process.holdsLock = false;
    this.process.note(`starts on ${machine.name}`);
    const { world } = machine;
    world.after(world.random.between(50, 400), this.process, () => {
      this.#run().catch((error: unknown) => {
        world.uncaught(this.process, error);
      });
    });
  }

  get hasEnded(): boolean {
    return !this.process.isAlive;
  }

  /** Requests a graceful stop, as Ctrl-C does. */
  interrupt(): void {
    this.process.world.after(0, this.process, () => {
      this.process.note('gets Ctrl-C');
      this.#stop.abort(new Error('Ctrl-C'));
    });
  }

  async #run(): Promise<void> {
    const { process } = this;
    const line = (text: string): void => {
      process.note(`prints: ${text}`);
    };
    try {
      await runQueueWorker({
        queue: QUEUE,
        outDir: OUT_DIR,
        bucket: await openBucket(process.world, this.#stop.signal),
        workers: 1 + process.world.random.below(2),
        checkpointEveryMs: CHECKPOINT_EVERY_MS,
        stallMs: STALL_MS,
        memoryBytes: Infinity,
        versions: installedVersions(),
        signal: this.#stop.signal,
        timing: TIMING,
        output: {
          line,
          settled: (task, settlement) => {
            if (process.isAlive) process.world.audit.settled(process, task, settlement);
            line(`${settlement.type}: ${task.name}`);
          },
          stopping: (reason) => {
            line(`stops: ${String(reason)}`);
          },
        },
      });
      process.die('ends');
    } catch (error) {
      if (!process.isAlive) return;
      if (!(error instanceof UserError)) throw error;
      process.die(`ends: ${error.message}`);
    }
  }
}
