import type { SimulatedDisk } from './disk.js';
import type { World } from './world.js';

/** A simulated computer. Its clocks and process ids are its own; its disk may be shared with others. */
export class Machine {
  readonly world: World;
  readonly name: string;
  readonly processes = new Map<number, SimulatedProcess>();
  readonly disk: SimulatedDisk;
  /** Changes with each boot. */
  boots = 0;
  /** How far the wall clock is ahead. It may jump. */
  wallOffsetMs = 0;
  readonly #monotonicOffsetMs: number;

  constructor(world: World, name: string, disk: SimulatedDisk) {
    this.world = world;
    this.name = name;
    this.disk = disk;
    disk.machines.push(this);
    this.#monotonicOffsetMs = world.random.below(1_000_000);
  }

  get monotonicMs(): number {
    return this.world.nowMs + this.#monotonicOffsetMs;
  }

  get wallMs(): number {
    return Date.UTC(2026, 0, 1) + this.world.nowMs + this.wallOffsetMs;
  }

  start(name: string, parent: SimulatedProcess | null = null): SimulatedProcess {
    const process = new SimulatedProcess(this, name, parent);
    this.processes.set(process.pid, process);
    return process;
  }

  /** Ends all processes at once. */
  powerOff(): void {
    for (const process of this.processes.values()) process.die('lost power', false);
    this.boots += 1;
  }
}

/** Above the ids of real processes on most systems. */
const FIRST_PID = 5_000_000;

/** A simulated process: code of this program that runs with surroundings of its own. */
export class SimulatedProcess {
  readonly machine: Machine;
  readonly name: string;
  readonly pid: number;
  readonly parent: SimulatedProcess | null;
  readonly startedMs: number;
  /** Called when the process has died, unless its machine lost power. */
  readonly onDeath: ((how: string) => void)[] = [];
  isAlive = true;
  /** Whether it must own the store in order to write to it. */
  holdsLock = true;
  /** The process neither runs nor receives anything before this time. */
  pausedUntilMs = 0;

  constructor(machine: Machine, name: string, parent: SimulatedProcess | null) {
    this.machine = machine;
    this.name = name;
    this.parent = parent;
    this.pid = FIRST_PID + machine.processes.size;
    this.startedMs = machine.world.nowMs;
  }

  get world(): World {
    return this.machine.world;
  }

  /** The process that the user started. */
  get root(): SimulatedProcess {
    return this.parent?.root ?? this;
  }

  note(what: string): void {
    this.world.note(this.name, what);
  }

  pause(ms: number): void {
    if (!this.isAlive) return;
    this.note(`is suspended for ${(ms / 1000).toFixed(1)} s`);
    this.pausedUntilMs = Math.max(this.pausedUntilMs, this.world.nowMs + ms);
  }

  /** Ends the process. Its code may still run to its next operation, which throws a `Crash`. */
  die(how: string, tellsOthers = true): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.note(how);
    if (tellsOthers) for (const listener of this.onDeath) listener(how);
  }
}
