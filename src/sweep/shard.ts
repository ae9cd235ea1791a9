import { InputError } from '../errors.js';
import { estimateCost } from '../task/cost.js';
import type { Task } from '../task/task.js';

const MAX_SHARDS = 10_000;

/** A shard of a sweep, counted from 1: the third of eight is `{ index: 3, count: 8 }`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Parses the value of `--shard`. @param text for example `3/8` */
export function parseShard(text: string): Shard {
  const [, index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index !== undefined && count !== undefined && index >= 1 && index <= count && count <= MAX_SHARDS)
    return { index, count };
  throw new InputError(
    `--shard: expected the shard and the number of shards, for example 3/8, from 1/1 to ${MAX_SHARDS}/${MAX_SHARDS}, got ${text}`,
  );
}

/**
 * Returns the tasks of a shard, in the sweep's order. The longest task goes first to the shard with the least work so far, so that every
 * machine computes the same shards. Each task is in exactly one shard.
 */
export function tasksOfShard(tasks: readonly Task[], { index, count }: Shard): Task[] {
  const loads = new Float64Array(count);
  const longestFirst = tasks
    .map((task) => ({ task, workMs: estimateCost(task.settings).trainingMs }))
    .sort((a, b) => b.workMs - a.workMs || (a.task.id < b.task.id ? -1 : 1));
  const own = new Set<string>();
  for (const { task, workMs } of longestFirst) {
    const least = loads.indexOf(Math.min(...loads));
    loads[least] = (loads[least] ?? 0) + workMs;
    if (least === index - 1) own.add(task.id);
  }
  return tasks.filter(({ id }) => own.has(id));
}
