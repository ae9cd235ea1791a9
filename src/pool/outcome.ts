import type { TaskFailure } from '../store/task-folder.js';
import type { ComputedOutcome } from '../task/protocol.js';
import { formatCount, formatDuration } from '../units.js';
import type { TaskOutcome } from './task-pool.js';

/** A longer message is cut: it is kept in the store, printed, and sent through the queue. */
export const MOST_MESSAGE_CHARACTERS = 4_000;

export type TaskFailureOutcome = Extract<TaskOutcome, { type: 'failed' | 'diverged' | 'ended' }>;

/** What the store keeps of it. @param attempts runs of the task that failed, with this one */
export function failureOf(outcome: TaskFailureOutcome, attempts: number): TaskFailure {
  const unknown = { step: null, lastFinite: null, attempts };
  if (outcome.type === 'failed') return { ...unknown, reason: 'error', message: cut(outcome.message) };
  if (outcome.type === 'ended') return { ...unknown, reason: outcome.reason, message: cut(outcome.message) };
  const { step, lastFinite } = outcome;
  const before =
    lastFinite === null
      ? ''
      : `, after a loss of ${lastFinite.loss.toPrecision(6)} nats at step ${lastFinite.step}`;
  const message = `the loss is not finite at step ${formatCount(step)}${before}`;
  return { reason: 'diverged', message, step, lastFinite, attempts };
}

export function cut(message: string): string {
  return message.length <= MOST_MESSAGE_CHARACTERS
    ? message
    : `${message.slice(0, MOST_MESSAGE_CHARACTERS - 4)} ...`;
}

/** As `1,000 steps in 3 s`, or `max-time in 3 s`. */
export function doneText(outcome: Extract<TaskOutcome, { type: 'done' | 'computed' }>): string {
  if (outcome.type === 'computed') return computedText(outcome);
  const { steps, fromStep, trainingMs } = outcome;
  return `${formatCount(steps - fromStep)} steps in ${formatDuration(trainingMs)}`;
}

/** As `step-limit, incomplete in 12 s`. */
function computedText({ outcome, complete, holds, elapsedMs }: ComputedOutcome): string {
  const words = [outcome, ...(complete ? [] : ['incomplete']), ...(holds ? [] : ['does not hold'])];
  return `${words.join(', ')} in ${formatDuration(elapsedMs)}`;
}
