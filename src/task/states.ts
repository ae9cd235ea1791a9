import { formatCount } from '../units.js';

/** States of a task, in the order in which they are counted. JSON, exports and `--state` name them so. */
export const TASK_STATES = ['done', 'interrupted', 'new', 'failed', 'corrupt'] as const;

export type StateName = (typeof TASK_STATES)[number];

/**
 * What people read, in the order in which a page counts: it also shows which tasks are `running`, whatever the store has of them. Signs
 * distinguish states without colours.
 */
export const STATE_WORDS: Readonly<
  Record<StateName | 'running', { readonly word: string; readonly sign: string }>
> = {
  done: { word: 'done', sign: '✓' },
  running: { word: 'running', sign: '▶' },
  interrupted: { word: 'interrupted', sign: '‖' },
  new: { word: 'pending', sign: '·' },
  failed: { word: 'failed', sign: '✕' },
  corrupt: { word: 'corrupt', sign: '!' },
};

/** How a task failed. */
export const FAILURE_WORDS = {
  diverged: 'diverged',
  permanent: 'for good',
  error: 'by an error',
  crashed: 'crashed',
  stalled: 'stalled',
  memory: 'out of memory',
} as const;

/**
 * The legal transitions, and what the store does that makes them. Besides, a disk may make any state corrupt. An interrupted or
 * finished task is set aside where its files turn out to be corrupt: its state is read from headers, markers and sizes alone.
 */
export const TRANSITIONS = {
  new: { interrupted: ['checkpoint', 'import'], done: ['commit', 'import'], failed: ['fail', 'import'] },
  interrupted: {
    interrupted: ['checkpoint', 'import'],
    done: ['commit', 'import'],
    failed: ['fail', 'import'],
    new: ['set aside', 'delete'],
  },
  failed: {
    interrupted: ['retry', 'import'],
    new: ['retry', 'delete'],
    failed: ['fail', 'import'],
    done: ['import'],
  },
  done: { new: ['set aside', 'delete'] },
  corrupt: { new: ['set aside', 'delete'] },
} as const satisfies Record<StateName, Partial<Record<StateName, readonly string[]>>>;

/** For example `2 done, 1 pending`. */
export function countStates(states: readonly StateName[]): string {
  return TASK_STATES.map((state) => [states.filter((each) => each === state).length, state] as const)
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${formatCount(count)} ${STATE_WORDS[state].word}`)
    .join(', ');
}
