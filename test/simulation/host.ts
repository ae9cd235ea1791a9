import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { HostReply, HostRequest } from '../../src/pool/host-protocol.js';
import type { Assignment } from '../../src/pool/task-pool.js';
import { simulatedWorker } from './experiment.js';
import type { SimulatedProcess } from './process.js';

const MIN_START_MS = 20;
const MAX_START_MS = 400;
const MAX_LATENCY_MS = 5;
/** How long a host may live after its coordinator, until it notices that the channel is closed. */
const MAX_ORPHAN_MS = 50;
const REPORT_STEPS_EVERY_MS = 500;
const CLOCK = { now: () => performance.now(), date: () => new Date() };

/** A channel that delivers in order, each message after a random time. */
class Channel {
  readonly #to: SimulatedProcess;
  #lastMs: number;

  constructor(to: SimulatedProcess, opensMs: number) {
    this.#to = to;
    this.#lastMs = opensMs;
  }

  send(deliver: () => void): void {
    const { world } = this.#to;
    this.#lastMs = Math.max(this.#lastMs, world.nowMs + world.random.between(0, MAX_LATENCY_MS));
    world.after(this.#lastMs - world.nowMs, this.#to, deliver);
  }
}

/** Starts a host process on the coordinator's machine, in place of `fork`. Returns the coordinator's handle of it. */
export function forkHost(coordinator: SimulatedProcess): ChildProcess {
  const { machine, world } = coordinator;
  const host = machine.start(`${coordinator.name} host ${machine.processes.size}`, coordinator);
  const opensMs = world.nowMs + world.random.between(MIN_START_MS, MAX_START_MS);
  const toHost = new Channel(host, opensMs);
  const toCoordinator = new Channel(coordinator, world.nowMs);
  const child = new EventEmitter();
  const reply = (message: HostReply): void => {
    if (!host.isAlive) return;
    const text = JSON.stringify(message);
    toCoordinator.send(() => child.emit('message', JSON.parse(text)));
  };
  const handle = hostThreads(host, reply);
  const send = (request: HostRequest): boolean => {
    if (request.type === 'train') world.audit.assigned(coordinator, request.assignment);
    const text = JSON.stringify(request);
    toHost.send(() => {
      handle(JSON.parse(text) as HostRequest);
    });
    return true;
  };
  coordinator.onDeath.push(() => {
    world.after(world.random.between(0, MAX_ORPHAN_MS), null, () => {
      host.die('ends, because its coordinator is gone');
    });
  });
  host.onDeath.push(() => {
    toCoordinator.send(() => child.emit('exit', null, 'SIGKILL'));
  });
  const kill = (): boolean => {
    host.die('is killed by its coordinator');
    return true;
  };
  return Object.assign(child, {
    pid: host.pid,
    stdout: null,
    stderr: null,
    send,
    kill,
  }) as unknown as ChildProcess;
}

/** Does the same as `src/pool/host.ts` with its threads, in one thread. */
function hostThreads(host: SimulatedProcess, reply: (message: HostReply) => void) {
  let cells = new Int32Array(new SharedArrayBuffer(4));
  let checkpointEveryMs = 0;
  const training = new Set<number>();
  const train = async (slot: number, { task, folder, predecessor }: Assignment): Promise<void> => {
    training.add(slot);
    const shared = cells.buffer;
    const request = { type: 'train', task, folder, predecessor, checkpointEveryMs, shared, slot } as const;
    const outcome = await simulatedWorker.run(request, CLOCK);
    training.delete(slot);
    if (!host.isAlive) return;
    host.note(`${outcome.type}: ${task.name}${outcome.type === 'unwritable' ? `: ${outcome.message}` : ''}`);
    host.world.audit.ended(host, task, outcome);
    reply({ type: 'outcome', slot, step: cells[1 + slot] ?? 0, outcome });
  };
  const open = (workers: number): void => {
    cells = new Int32Array(new SharedArrayBuffer(4 * (1 + workers)));
    setInterval(() => {
      const steps = [...training].map((slot) => [slot, cells[1 + slot] ?? 0] as const);
      if (steps.length > 0) reply({ type: 'steps', steps });
    }, REPORT_STEPS_EVERY_MS);
  };
  return (request: HostRequest): void => {
    if (request.type === 'open') {
      ({ checkpointEveryMs } = request);
      open(request.workers);
    } else if (request.type === 'stop') cells[0] = 1;
    else if (request.type === 'warmUp') reply({ type: 'warm' });
    else {
      cells[1 + request.slot] = request.assignment.fromStep;
      train(request.slot, request.assignment).catch((error: unknown) => {
        host.world.uncaught(host, error);
      });
    }
  };
}
