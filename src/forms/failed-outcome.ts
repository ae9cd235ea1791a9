import { CorruptTaskError, StoreError } from '../errors.js';
import type { TaskOutcome } from '../task/outcome.js';

/** A failure that another attempt would only repeat. */
export class DivergedError extends Error {
  readonly step: number;

  constructor(message: string, step: number) {
    super(message);
    this.step = step;
  }
}

/** Error classes do not survive the thread boundary: a failure goes back as a value. */
export function failedOutcome(error: unknown): TaskOutcome {
  if (error instanceof CorruptTaskError) return { type: 'corrupt', problem: error.message };
  if (error instanceof StoreError) return { type: 'unwritable', message: error.message };
  if (error instanceof DivergedError)
    return { type: 'diverged', step: error.step, message: error.message, lastFinite: null };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { type: 'failed', message, stack: stack ?? null };
}
