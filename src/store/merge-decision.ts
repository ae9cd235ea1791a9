import type { TaskState } from './task-folder.js';

/** A task as found in a store. */
export interface Found {
  readonly state: TaskState;
  /** SHA-256 of a finished task's files, by name. */
  readonly hashes: ReadonlyMap<string, string> | null;
}

export type Decision =
  | { readonly type: 'copy' }
  /** The target has the same, or more progress. */
  | { readonly type: 'present' }
  /** The source has nothing to copy. */
  | { readonly type: 'not started' }
  /** The task is done in both stores, but these files differ. */
  | { readonly type: 'conflict'; readonly differing: readonly string[] }
  /** The source's task is corrupt. */
  | { readonly type: 'corrupt'; readonly problem: string }
  /** The target's task is corrupt, or not a task. */
  | { readonly type: 'blocked'; readonly problem: string };

/**
 * Decides what to do with a task of a store that is merged into another. The one with more progress wins: a done task over an
 * unfinished one, more steps in the checkpoint over fewer, and a failure without a checkpoint over nothing. So stores can be merged in
 * any order.
 *
 * @param target null if the target does not have the task
 */
export function decide(source: Found, target: Found | null): Decision {
  if (source.state.state === 'corrupt') return { type: 'corrupt', problem: source.state.problem };
  const isEmpty = source.state.state === 'new';
  if (target?.state.state === 'corrupt' && !isEmpty)
    return { type: 'blocked', problem: target.state.problem };
  if (isEmpty) return { type: 'not started' };
  if (source.state.state === 'done' && target?.state.state === 'done') return compare(source, target);
  return rank(source) > rank(target) ? { type: 'copy' } : { type: 'present' };
}

function compare(source: Found, target: Found): Decision {
  const [ours, theirs] = [target.hashes, source.hashes];
  const names = new Set([...(ours?.keys() ?? []), ...(theirs?.keys() ?? [])]);
  const differing = [...names].filter((name) => ours?.get(name) !== theirs?.get(name));
  return differing.length === 0 ? { type: 'present' } : { type: 'conflict', differing };
}

function rank(found: Found | null): number {
  const state = found?.state ?? { state: 'new' };
  switch (state.state) {
    case 'done':
      return Infinity;
    case 'interrupted':
    case 'failed':
      return state.step ?? -1;
    default:
      return -2;
  }
}
