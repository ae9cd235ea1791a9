import { systemError } from '../faults/file-functions.js';
import type { SimulatedDisk } from './disk.js';
import type { Machine } from './process.js';
import type { Random } from './random.js';
import type { DiskOperation, World } from './world.js';

/** How often synchronous code is interrupted by an event of another process, per operation on a disk. */
const PREEMPTION_CHANCE = 0.05;
/** The operations between two faults of a disk are at most this many. */
const MAX_OPERATIONS_APART = 250;
const MAX_MS_APART = 15_000;

/** Injects faults at random moments while `world.hasFaults`. */
export class Faults {
  readonly #world: World;
  readonly #random: Random;
  readonly #machines: readonly Machine[];
  readonly #maxClockJumpMs: number;
  #operationsLeft: number;

  constructor(world: World, machines: readonly Machine[], maxClockJumpMs: number) {
    this.#world = world;
    this.#random = world.random;
    this.#machines = machines;
    this.#maxClockJumpMs = maxClockJumpMs;
    this.#operationsLeft = this.#random.below(MAX_OPERATIONS_APART);
    this.#scheduleNext();
  }

  /** Called before an operation on a disk. */
  onOperation({ process, kind, file }: DiskOperation): void {
    if (!this.#world.hasFaults) return;
    if (this.#random.chance(PREEMPTION_CHANCE)) this.#world.preempt(process);
    this.#operationsLeft -= 1;
    if (this.#operationsLeft > 0) return;
    this.#operationsLeft = 1 + this.#random.below(MAX_OPERATIONS_APART);
    const { disk } = process.machine;
    const where = `before ${kind} ${file}`;
    const fault = this.#random.pick(['kill', 'kill', 'kill run', 'power', 'power', 'error', 'full'] as const);
    if (fault === 'kill') process.die(`is killed ${where}`);
    else if (fault === 'kill run') process.root.die(`is killed, while ${process.name} was ${where}`);
    else if (fault === 'power') this.#cutPower(disk, `lost power ${where}`);
    else if (fault === 'full') this.#fill(disk);
    else {
      process.note(`EIO ${where}`);
      throw systemError('EIO', kind, file);
    }
  }

  /** Ends all faults. */
  stop(): void {
    this.#world.hasFaults = false;
    this.#world.note('world', 'no more faults');
    for (const { disk } of this.#machines) disk.isFull = false;
  }

  /** Ends all processes that use the disk, and loses a part of what they did not sync. */
  #cutPower(disk: SimulatedDisk, how: string): void {
    this.#world.note(disk.name, how);
    for (const machine of disk.machines) machine.powerOff();
    disk.losePower(this.#random);
  }

  #fill(disk: SimulatedDisk): void {
    this.#world.note(disk.name, 'is full');
    disk.isFull = true;
    this.#world.after(this.#random.between(100, 20_000), null, () => {
      disk.isFull = false;
    });
  }

  #scheduleNext(): void {
    this.#world.after(this.#random.between(0, MAX_MS_APART), null, () => {
      if (!this.#world.hasFaults) return;
      this.#injectAtTime();
      this.#scheduleNext();
    });
  }

  #injectAtTime(): void {
    const machine = this.#machines[this.#random.below(this.#machines.length)];
    const alive = [...(machine?.processes.values() ?? [])].filter(({ isAlive }) => isAlive);
    const process = alive[this.#random.below(alive.length)];
    if (machine === undefined || process === undefined) return;
    const fault = this.#random.pick(['suspend', 'suspend machine', 'kill', 'clock', 'clock'] as const);
    const pauseMs = this.#random.pick([500, 5_000, 40_000, 70_000]) * this.#random.next();
    if (fault === 'suspend') process.pause(pauseMs);
    else if (fault === 'suspend machine') for (const each of alive) each.pause(pauseMs);
    else if (fault === 'kill') process.die('is killed');
    else this.#jump(machine);
  }

  #jump(machine: Machine): void {
    machine.wallOffsetMs += this.#random.between(-this.#maxClockJumpMs, this.#maxClockJumpMs);
    this.#world.note(machine.name, 'has its wall clock set');
  }
}
