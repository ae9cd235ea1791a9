import type { Assignment, TaskPool } from '../pool/task-pool.js';
import { clearFailed, prepareTaskFolder, readTaskState, taskFolder } from '../store/task-folder.js';
import type { TaskOutcome } from '../task/outcome.js';
import { confirmDone, settle, type Attempt, type Settlement, type SettleRules } from './settle.js';
import type { PendingTask } from './triage.js';

export interface AttemptContext {
  readonly pool: Pick<TaskPool, 'train'>;
  readonly outDir: string;
  /** Called when the attempt has ended, so that it reflects a stop requested in the meantime. */
  readonly rules: () => SettleRules;
  readonly onStart: (slot: number, assignment: Assignment) => void;
}

/**
 * Executes a task in a pool once and settles the outcome. The task resumes from its checkpoint if it has one, else from its predecessor.
 * @throws a StoreError if the store can't be written to
 */
export async function attemptTask(
  attempt: Attempt & Pick<PendingTask, 'task' | 'predecessor'>,
  { pool, outDir, rules, onStart }: AttemptContext,
): Promise<Settlement> {
  const { task } = attempt;
  const folder = taskFolder(outDir, task);
  const settled = (outcome: TaskOutcome): Settlement => settle(folder, attempt, outcome, rules());
  const state = readTaskState(folder, task.id);
  if (state.state === 'done') return confirmDone(folder, task);
  if (state.state === 'corrupt') return settled({ type: 'corrupt', problem: state.problem });
  prepareTaskFolder(folder, task);
  if (state.state === 'failed') clearFailed(folder);
  const step = state.state === 'interrupted' || state.state === 'failed' ? state.step : null;
  const predecessor = step === null ? attempt.predecessor : null;
  const assignment = { task, folder, fromStep: step ?? predecessor?.steps ?? 0, predecessor };
  const outcome = await pool.train(assignment, (slot) => {
    onStart(slot, assignment);
  });
  // The process may have ended after it committed the results and before it replied.
  const isDone = outcome.type === 'ended' && readTaskState(folder, task.id).state === 'done';
  return isDone ? confirmDone(folder, task) : settled(outcome);
}
