import type { ModelNode } from '../faults/disk-model.js';
import { ModelFile, ModelFolder } from '../faults/disk-model.js';
import { OUT_DIR, type SimulatedDisk } from './disk.js';
import type { SimulatedProcess } from './process.js';
import type { DiskOperation, World } from './world.js';

/** Half a lease without a heartbeat would be a bug; the lease has 30 s, and polls are up to this much longer apart than they should be. */
const LEASE_MS = 29_900;
/** The time that an owner has to notice that it lost the lock, and to stop its tasks, once all its processes run again. */
const GRACE_MS = 8_000;

interface Ownership {
  /** The folder of the disk, which a power cut replaces. */
  readonly in: ModelFolder;
  readonly file: ModelNode;
  readonly root: SimulatedProcess | undefined;
}

/**
 * Checks that no two owners write to a store. An owner is taken over only if it is dead, or on another machine and without a heartbeat for
 * a lease; then it may still write until it notices that.
 */
export class OwnershipAudit {
  readonly #world: World;
  readonly #owners = new Map<SimulatedDisk, Ownership>();
  /** Disks whose owner may have changed since it was last read. */
  readonly #changed = new Set<SimulatedDisk>();
  /** When owners were taken over. */
  readonly #lostMs = new Map<SimulatedProcess, number>();
  readonly #lastHeartbeatMs = new Map<SimulatedProcess, number>();

  constructor(world: World) {
    this.#world = world;
  }

  observe({ process, kind, file }: DiskOperation): void {
    const { disk } = process.machine;
    const { root } = process;
    if (file.startsWith(`${OUT_DIR}/lock/beat-`) && kind === 'write')
      this.#lastHeartbeatMs.set(root, this.#world.nowMs);
    const owner = this.#ownerOf(disk);
    if (file.startsWith(`${OUT_DIR}/lock/`)) this.#changed.add(disk);
    // The owner marks its file as released.
    if (kind === 'rename' && file.startsWith(`${OUT_DIR}/lock/owner-`)) root.holdsLock = false;
    if (!root.holdsLock || !/^\/simulated\/out\/(tasks|sweeps)\//.test(file) || owner?.root === root) return;
    const family = [...process.machine.processes.values()].filter((each) => each.root === root);
    const noticedMs = Math.max(
      this.#lostMs.get(root) ?? 0,
      ...family.map(({ pausedUntilMs }) => pausedUntilMs),
    );
    if (this.#world.nowMs - noticedMs > GRACE_MS)
      this.#world.violate(
        `${process.name} performs ${kind} ${file}, but ${owner?.root?.name ?? 'nobody'} owns the store`,
      );
  }

  #ownerOf(disk: SimulatedDisk): Ownership | undefined {
    const known = this.#owners.get(disk);
    if (known?.in === disk.root && !this.#changed.has(disk)) return known;
    this.#changed.delete(disk);
    const file = highestOwner(disk);
    if (file === undefined || known?.file === file) return known;
    const root = this.#processIn(disk, file);
    if (known?.root !== undefined && known.root !== root) {
      this.#lostMs.set(known.root, this.#world.nowMs);
      this.#checkTakeover(known.root, root);
    }
    const owner = { in: disk.root, file, root };
    this.#owners.set(disk, owner);
    return owner;
  }

  #checkTakeover(from: SimulatedProcess, to: SimulatedProcess | undefined): void {
    if (!from.isAlive || !from.holdsLock) return;
    const silentMs = this.#world.nowMs - (this.#lastHeartbeatMs.get(from) ?? -Infinity);
    if (to?.machine === from.machine || silentMs < LEASE_MS)
      this.#world.violate(
        `${to?.name ?? 'somebody'} took the store from ${from.name}, which had a heartbeat ${silentMs.toFixed(0)} ms ago`,
      );
  }

  #processIn(disk: SimulatedDisk, file: ModelNode): SimulatedProcess | undefined {
    if (!(file instanceof ModelFile)) return undefined;
    const { host, pid } = JSON.parse(file.written.toString()) as { host: string; pid: number };
    return disk.machines.find(({ name }) => name === host)?.processes.get(pid);
  }
}

function highestOwner(disk: SimulatedDisk): ModelNode | undefined {
  const { node } = disk.locate(`${OUT_DIR}/lock`);
  if (!(node instanceof ModelFolder)) return undefined;
  let highest = 0;
  for (const name of node.entries.keys()) {
    const generation = Number(/^owner-(\d+)\.json$/.exec(name)?.[1] ?? 0);
    if (generation > highest) highest = generation;
  }
  return node.entries.get(`owner-${highest}.json`);
}
