import type { Job, TaskPool } from '../pool/task-pool.js';
import { clearFailed, prepareTaskFolder, readTaskState, taskFolder } from '../store/task-folder.js';
import type { TaskOutcome } from '../task/outcome.js';
import { doneBefore, settle, type Attempt, type Settlement, type SettleRules } from './settle.js';
import type { PendingTask } from './triage.js';

export interface AttemptContext {
  readonly pool: Pick<TaskPool, 'train'>;
  readonly outDir: string;
  /** Called when the attempt has ended. */
  readonly rules: () => SettleRules;
  readonly onStart: (slot: number, job: Job) => void;
}

/**
 * Executes a task in a pool once, from its checkpoint or else from its predecessor, and settles the outcome.
 * @throws a StoreError if the store can't be written
 */
export async function attemptTask(
  attempt: Attempt & Pick<PendingTask, 'task' | 'predecessor'>,
  { pool, outDir, rules, onStart }: AttemptContext,
): Promise<Settlement> {
  const { task } = attempt;
  const folder = taskFolder(outDir, task);
  const settled = (outcome: TaskOutcome): Settlement => settle(folder, attempt, outcome, rules());
  const state = readTaskState(folder, task.id);
  if (state.state === 'done') return doneBefore(task);
  if (state.state === 'corrupt') return settled({ type: 'corrupt', problem: state.problem });
  prepareTaskFolder(folder, task);
  if (state.state === 'failed') clearFailed(folder);
  const step = state.state === 'interrupted' || state.state === 'failed' ? state.step : null;
  const predecessor = step === null ? attempt.predecessor : null;
  const job = { task, folder, fromStep: step ?? predecessor?.steps ?? 0, predecessor };
  const outcome = await pool.train(job, (slot) => {
    onStart(slot, job);
  });
  // Its process may have ended between the commit of its results and its reply.
  const isDone = outcome.type === 'ended' && readTaskState(folder, task.id).state === 'done';
  return isDone ? doneBefore(task) : settled(outcome);
}
