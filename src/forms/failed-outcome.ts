import { CorruptTaskError, StoreError } from '../errors.js';
import type { TaskOutcome } from '../task/outcome.js';

/** A failure that another attempt would only repeat. */
export class PermanentError extends Error {}

/** Error classes do not survive the thread boundary: a failure goes back as a value. */
export function failedOutcome(error: unknown): TaskOutcome {
  if (error instanceof CorruptTaskError) return { type: 'corrupt', problem: error.message };
  if (error instanceof StoreError) return { type: 'unwritable', message: error.message };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const isPermanent = error instanceof PermanentError;
  return { type: 'failed', message, stack: stack ?? null, ...(isPermanent && { isPermanent }) };
}
