import type { TaskFailure } from '../store/task-folder.js';
import { formatCount } from '../units.js';
import type { TaskOutcome } from './task-pool.js';

export type TaskFailureOutcome = Extract<TaskOutcome, { type: 'failed' | 'diverged' | 'ended' }>;

/** What the store keeps of it. @param attempts runs of the task that failed, with this one */
export function failureOf(outcome: TaskFailureOutcome, attempts: number): TaskFailure {
  const unknown = { step: null, lastFinite: null, attempts };
  if (outcome.type === 'failed') return { ...unknown, reason: 'error', message: outcome.message };
  if (outcome.type === 'ended') return { ...unknown, reason: outcome.reason, message: outcome.message };
  const { step, lastFinite } = outcome;
  const before =
    lastFinite === null
      ? ''
      : `, after a loss of ${lastFinite.loss.toPrecision(6)} nats at step ${lastFinite.step}`;
  const message = `the loss is not finite at step ${formatCount(step)}${before}`;
  return { reason: 'diverged', message, step, lastFinite, attempts };
}
