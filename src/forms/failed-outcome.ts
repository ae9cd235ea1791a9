import { CorruptTaskError, StoreError } from '../errors.js';
import type { TaskOutcome } from '../task/outcome.js';

/** A failure that another attempt would only repeat, so the task is not retried. */
export class PermanentError extends Error {}

/** Converts an error to an outcome. Error classes do not survive the thread boundary, so a failure is returned as a value. */
export function failedOutcome(error: unknown): TaskOutcome {
  if (error instanceof CorruptTaskError) return { type: 'corrupt', problem: error.message };
  if (error instanceof StoreError) return { type: 'unwritable', message: error.message };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const isPermanent = error instanceof PermanentError;
  return { type: 'failed', message, stack: stack ?? null, ...(isPermanent && { isPermanent }) };
}
