import type { TaskState } from '../store/task-folder.js';
import { formatCount } from '../units.js';

/** What a task's state is called, in the order in which states are counted. */
export const STATE_WORDS: Readonly<Record<TaskState['state'], string>> = {
  done: 'done',
  interrupted: 'to continue',
  new: 'to do',
  failed: 'failed',
  corrupt: 'corrupt',
};

/** As `2 done, 1 to do`. */
export function countStates(states: readonly TaskState['state'][]): string {
  return (Object.keys(STATE_WORDS) as TaskState['state'][])
    .map((state) => [states.filter((each) => each === state).length, STATE_WORDS[state]] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${formatCount(count)} ${word}`)
    .join(', ');
}
