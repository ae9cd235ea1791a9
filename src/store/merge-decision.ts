import type { TaskState } from './task-folder.js';

/** What a store has of a task. */
export interface Found {
  readonly state: TaskState;
  /** SHA-256 of a finished task's files, by name. */
  readonly hashes: ReadonlyMap<string, string> | null;
}

export type Decision =
  | { readonly type: 'copy' }
  /** The target has the same, or is further. */
  | { readonly type: 'there' }
  /** There is nothing to copy. */
  | { readonly type: 'not begun' }
  /** Both have finished it, and these files differ. */
  | { readonly type: 'conflict'; readonly differing: readonly string[] }
  /** The source's can't be trusted. */
  | { readonly type: 'corrupt'; readonly problem: string }
  /** The target's can't be trusted, or is no task. */
  | { readonly type: 'blocked'; readonly problem: string };

/**
 * The target gets what is further: done before unfinished, of those the one with more steps at its checkpoint, then a failure, then
 * nothing. So stores may be merged in any order.
 *
 * @param target null if it has nothing of the task
 */
export function decide(source: Found, target: Found | null): Decision {
  if (source.state.state === 'corrupt') return { type: 'corrupt', problem: source.state.problem };
  const isEmpty = source.state.state === 'new';
  if (target?.state.state === 'corrupt' && !isEmpty)
    return { type: 'blocked', problem: target.state.problem };
  if (isEmpty) return { type: 'not begun' };
  if (source.state.state === 'done' && target?.state.state === 'done') return compare(source, target);
  return rank(source) > rank(target) ? { type: 'copy' } : { type: 'there' };
}

function compare(source: Found, target: Found): Decision {
  const [ours, theirs] = [target.hashes, source.hashes];
  const names = new Set([...(ours?.keys() ?? []), ...(theirs?.keys() ?? [])]);
  const differing = [...names].filter((name) => ours?.get(name) !== theirs?.get(name));
  return differing.length === 0 ? { type: 'there' } : { type: 'conflict', differing };
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
