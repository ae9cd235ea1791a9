import type { SimulatedBucket } from './bucket-model.js';
import type { Machine } from './process.js';
import type { SimulatedRedis } from './redis-link.js';
import type { World } from './world.js';

const MAX_MS_APART = 12_000;
const MAX_OUTAGE_MS = 20_000;

/** Takes Redis away from all machines or from one, makes it lose events or everything, and takes the bucket away from a machine. */
export class NetworkFaults {
  readonly #world: World;
  readonly #redis: SimulatedRedis;
  readonly #bucket: SimulatedBucket | null;
  readonly #machines: readonly Machine[];

  constructor(
    world: World,
    redis: SimulatedRedis,
    bucket: SimulatedBucket | null,
    machines: readonly Machine[],
  ) {
    this.#world = world;
    this.#redis = redis;
    this.#bucket = bucket;
    this.#machines = machines;
    this.#scheduleNext();
  }

  stop(): void {
    this.#redis.isDown = false;
    this.#redis.unreachableFrom.clear();
    this.#bucket?.unreachableFrom.clear();
  }

  #scheduleNext(): void {
    this.#world.after(this.#world.random.between(0, MAX_MS_APART), null, () => {
      if (!this.#world.hasFaults) return;
      this.#inject();
      this.#scheduleNext();
    });
  }

  #inject(): void {
    const redis = this.#redis;
    const { random } = this.#world;
    const machine = this.#machines[random.below(this.#machines.length)];
    const fault = random.pick([
      'down',
      'partition',
      'partition',
      'trim',
      'reset',
      'lose all',
      'bucket',
    ] as const);
    this.#world.note('network', `${fault} (${machine?.name ?? ''})`);
    if (fault === 'down') redis.isDown = true;
    else if (fault === 'partition' && machine !== undefined) redis.unreachableFrom.add(machine.name);
    else if (fault === 'trim') redis.queue.trimEvents(random.below(3));
    else if (fault === 'reset') for (const link of redis.links) link.break('ECONNRESET');
    else if (fault === 'lose all') redis.queue.loseAll();
    else if (machine !== undefined) this.#bucket?.unreachableFrom.add(machine.name);
    redis.breakLinks();
    this.#world.after(random.between(0, MAX_OUTAGE_MS), null, () => {
      if (fault === 'down') redis.isDown = false;
      if (fault === 'partition' && machine !== undefined) redis.unreachableFrom.delete(machine.name);
      if (fault === 'bucket' && machine !== undefined) this.#bucket?.unreachableFrom.delete(machine.name);
    });
  }
}
