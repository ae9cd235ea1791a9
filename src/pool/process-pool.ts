import { EXIT, UserError } from '../errors.js';
import { installedPlugins } from '../task/plugins.js';
import type { EndedOutcome, TaskOutcome } from '../task/outcome.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { formatBytes, formatDuration } from '../units.js';
import { HostEnded, HostProcess } from './host-process.js';
import type { Assignment, TaskPool } from './task-pool.js';

export const ISOLATIONS = ['thread', 'process'] as const;
/** `thread`: all workers are threads of one process. `process`: each worker has its own process. */
export type Isolation = (typeof ISOLATIONS)[number];

export interface ProcessPoolOptions {
  /** The number of concurrent tasks, each of which has a slot. */
  readonly workers: number;
  readonly isolation: Isolation;
  readonly workerUrl: URL;
  readonly checkpointEveryMs: number;
  /** A task that makes no step for this long is killed. */
  readonly stallMs: number;
  /** The limit on the resident memory of all processes together. */
  readonly memoryBytes: number;
  /** Called with each line that training threads print. */
  readonly onLine: (line: string) => void;
}

/** A worker: its host process, and what it is doing. */
interface Slot {
  host: HostProcess;
  /** The index of its thread in the host. */
  local: number;
  running: { step: number; sinceMs: number; readonly startsProgram: boolean } | null;
  /** Why its task is about to be killed. */
  verdict: Omit<EndedOutcome, 'type' | 'causedExit'> | null;
}

const WATCH_EVERY_MS = 250;

/**
 * Runs workers as threads of one shared child process, or each in its own process. When a shared process ends, it is not known
 * which task caused that, so from then on each of its workers has its own process.
 */
export class ProcessPool implements TaskPool {
  readonly broken: Promise<never>;
  readonly #options: ProcessPoolOptions;
  readonly #slots: Slot[];
  /** The free slots. There is one whenever a task starts, because the caller runs at most `workers` tasks at a time. */
  readonly #free: number[];
  readonly #timer: NodeJS.Timeout;
  #fail: (reason: Error) => void = () => undefined;
  #isStopping = false;

  constructor(options: ProcessPoolOptions) {
    const { workers, isolation } = options;
    this.#options = options;
    this.broken = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.broken.catch(() => undefined);
    const shared = isolation === 'thread' ? this.#startHost(workers) : null;
    this.#slots = Array.from({ length: workers }, (_, slot) => ({
      host: shared ?? this.#startHost(1),
      local: shared === null ? 0 : slot,
      running: null,
      verdict: null,
    }));
    this.#free = this.#slots.map((_, slot) => slot);
    this.#timer = setInterval(() => {
      this.#watch(performance.now());
    }, WATCH_EVERY_MS);
  }

  async warmUp(tasks: readonly Task[]): Promise<void> {
    try {
      await Promise.all([...this.#hosts()].map(async (host) => host.warmUp(tasks)));
    } catch (error) {
      if (!(error instanceof HostEnded)) throw error;
      throw new UserError(
        `the workers can't start (${error.message}): run vae-sweep doctor to check the installation`,
        EXIT.failure,
        { cause: error },
      );
    }
  }

  async train(assignment: Assignment, onStart: (slot: number) => void): Promise<TaskOutcome> {
    const number = this.#free.shift();
    const slot = number === undefined ? undefined : this.#slots[number];
    if (number === undefined || slot === undefined)
      throw new Error('There are more running tasks than workers.');
    const { startsProgram } = experimentOf(assignment.task.settings);
    slot.running = { step: assignment.fromStep, sinceMs: performance.now(), startsProgram };
    slot.verdict = null;
    this.#renewHost(slot);
    try {
      onStart(number);
      return await slot.host.train(slot.local, assignment);
    } catch (error) {
      if (!(error instanceof HostEnded)) throw error;
      return endedOutcome(error, slot);
    } finally {
      slot.running = null;
      this.#free.push(number);
    }
  }

  stepOf(slot: number): number {
    const { host, local } = this.#slots[slot] ?? {};
    return host?.stepOf(local ?? 0) ?? 0;
  }

  requestStop(slot?: number): void {
    if (slot !== undefined) {
      const { host, local } = this.#slots[slot] ?? {};
      host?.requestStop(local);
      return;
    }
    this.#isStopping = true;
    for (const host of this.#hosts()) host.requestStop();
  }

  async kill(slot: number): Promise<void> {
    await this.#slots[slot]?.host.kill();
  }

  async destroy(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#hosts()].map(async (host) => host.kill()));
  }

  #hosts(): Set<HostProcess> {
    return new Set(this.#slots.map(({ host }) => host));
  }

  #startHost(workers: number): HostProcess {
    const { workerUrl, checkpointEveryMs, onLine } = this.#options;
    const plugins = installedPlugins().map(({ file, hash }) => ({ file, hash }));
    const options = { workers, workerUrl: workerUrl.href, checkpointEveryMs, plugins };
    const host = new HostProcess(options, onLine);
    host.broken.catch((error: unknown) => {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    });
    return host;
  }

  #renewHost(slot: Slot): void {
    if (slot.host.isRunning) return;
    slot.host = this.#startHost(1);
    slot.local = 0;
    if (this.#isStopping) slot.host.requestStop();
  }

  #watch(nowMs: number): void {
    for (const slot of this.#slots) this.#watchSteps(slot, nowMs);
    const hosts = this.#hosts();
    const limit = this.#options.memoryBytes / hosts.size;
    for (const host of hosts) this.#watchMemory(host, limit);
  }

  #watchSteps(slot: Slot, nowMs: number): void {
    const { running, host, local } = slot;
    if (running === null) return;
    const step = host.stepOf(local);
    if (step !== running.step) Object.assign(running, { step, sinceMs: nowMs });
    const { stallMs } = this.#options;
    if (slot.verdict !== null || nowMs - running.sinceMs <= stallMs) return;
    slot.verdict = { reason: 'stalled', message: `no step in ${formatDuration(stallMs)}, at step ${step}` };
    void host.kill();
  }

  #watchMemory(host: HostProcess, limit: number): void {
    const own = this.#slots.filter((slot) => slot.host === host);
    const bytes = host.residentBytes(own.some(({ running }) => running?.startsProgram === true));
    if (bytes <= limit) return;
    const message = `its process had ${formatBytes(bytes)} of memory, more than its limit of ${formatBytes(limit)}`;
    for (const slot of own) if (slot.running !== null) slot.verdict ??= { reason: 'memory', message };
    void host.kill();
  }
}

/** Returns the outcome of a task in a process that ended. A stalled task is known, but memory and crashes concern the whole process. */
function endedOutcome({ message, tasks }: HostEnded, { verdict }: Slot): EndedOutcome {
  if (verdict?.reason === 'stalled') return { type: 'ended', ...verdict, causedExit: true };
  return { type: 'ended', ...(verdict ?? { reason: 'crashed', message }), causedExit: tasks === 1 };
}
