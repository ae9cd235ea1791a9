import { hash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { SimulatedProcess } from './process.js';
import type { World } from './world.js';

const MAX_LATENCY_MS = 40;
const SLOW_CHANCE = 0.03;
const MAX_SLOW_MS = 5_000;
/** How likely a request fails, before or after the server has done what it asks for. */
const LOST_CHANCE = 0.02;

interface Marker {
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

/** A model of a bucket of S3: each request is one atomic step of the server, and a reader sees what the last writer wrote. */
export class SimulatedBucket {
  readonly objects = new Map<string, Buffer>();
  readonly unreachableFrom = new Set<string>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Sends a request. It may fail although the server has executed it. */
  async request<T>(process: SimulatedProcess, execute: (objects: Map<string, Buffer>) => T): Promise<T> {
    await this.latency();
    if (this.isLost(process)) throw timeout();
    const reply = execute(this.objects);
    await this.latency();
    if (this.isLost(process)) throw timeout();
    return reply;
  }

  isLost({ machine }: SimulatedProcess): boolean {
    const { hasFaults, random } = this.#world;
    return this.unreachableFrom.has(machine.name) || (hasFaults && random.chance(LOST_CHANCE));
  }

  async latency(): Promise<void> {
    const { hasFaults, random } = this.#world;
    await delay(random.between(0, hasFaults && random.chance(SLOW_CHANCE) ? MAX_SLOW_MS : MAX_LATENCY_MS));
  }

  /** Checks that each task with a marker in the bucket has the results that the marker lists. */
  check(): void {
    for (const [key, content] of this.objects) {
      const folder = key.replace(/done\.json$/, '');
      if (folder === key) continue;
      for (const [name, { bytes, sha256 }] of Object.entries(
        (JSON.parse(content.toString()) as Marker).files,
      )) {
        const found = this.objects.get(`${folder}${name}`);
        if (found?.length !== bytes || hash('sha256', found) !== sha256)
          this.#world.violate(`the bucket has ${key}, but not the ${name} that it lists`);
      }
    }
  }
}

export function timeout(): Error {
  return Object.assign(new Error('the connection timed out'), { name: 'TimeoutError' });
}
