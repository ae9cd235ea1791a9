import { formatCount } from '../units.js';

/** States of a task, in the order of counts. JSON output, exports and `--state` use these names. */
export const TASK_STATES = ['done', 'interrupted', 'new', 'failed', 'corrupt'] as const;

export type StateName = (typeof TASK_STATES)[number];

/**
 * Displayed words and signs, in the order of the dashboard. The dashboard also shows tasks that are `running`, independently of their
 * state in the store. Signs distinguish states without colors.
 */
export const STATE_LABELS: Readonly<
  Record<StateName | 'running', { readonly word: string; readonly sign: string }>
> = {
  done: { word: 'done', sign: '✓' },
  running: { word: 'running', sign: '▶' },
  interrupted: { word: 'interrupted', sign: '‖' },
  new: { word: 'pending', sign: '·' },
  failed: { word: 'failed', sign: '✕' },
  corrupt: { word: 'corrupt', sign: '!' },
};

/** Displayed reasons of failures, for example `2 failed (1 diverged, 1 error)`. */
export const FAILURE_LABELS = {
  diverged: 'diverged',
  permanent: 'permanent error',
  error: 'error',
  crashed: 'crashed',
  stalled: 'stalled',
  memory: 'out of memory',
} as const;

/**
 * The legal transitions of a task, with the operations of the store that cause them. In addition, a faulty disk may make any state
 * corrupt. States are read from headers, markers and sizes only, so that an interrupted or finished task may turn out to be corrupt; it
 * is then set aside.
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

/** Returns, for example, `2 done, 1 pending`. */
export function countStates(states: readonly StateName[]): string {
  return TASK_STATES.map((state) => [states.filter((each) => each === state).length, state] as const)
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${formatCount(count)} ${STATE_LABELS[state].word}`)
    .join(', ');
}
