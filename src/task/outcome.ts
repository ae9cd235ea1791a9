import { z } from 'zod';
import { formatCount, formatDuration } from '../units.js';

/** How an attempt at a task ended. It is plain data, because it crosses threads and processes, which class instances do not survive. */
export type TaskOutcome =
  | ({
      readonly type: 'done';
      readonly steps: number;
      readonly elapsedMs: number;
      /** Short result of a computation, for example `step-limit, incomplete`; null if only the number of steps is of interest. */
      readonly summary: string | null;
    } & Resumed)
  /** The task was interrupted. `step` is null if it has no checkpoint and will start again. */
  | ({ readonly type: 'stopped'; readonly step: number | null } & Resumed)
  /** A metric became NaN or infinite. This is deterministic, so that a retry can't help. */
  | {
      readonly type: 'diverged';
      readonly step: number;
      readonly message: string;
      readonly lastFinite: TaskFailure['lastFinite'];
    }
  /** A file that the task would resume from is corrupt. */
  | { readonly type: 'corrupt'; readonly problem: string }
  /** The store can't be written. The task is not to blame and does not fail. */
  | { readonly type: 'unwritable'; readonly message: string }
  | {
      readonly type: 'failed';
      readonly message: string;
      readonly stack: string | null;
      /** Whether another attempt would fail in the same way. */
      readonly isPermanent?: boolean;
    }
  | EndedOutcome;

/** How an attempt resumed. */
interface Resumed {
  readonly fromStep: number;
  /** Says what was corrupt, and what the task resumed from instead; null if nothing was corrupt. */
  readonly recovered: string | null;
}

/** How an attempt ended that could not report its outcome itself. */
export interface EndedOutcome {
  readonly type: 'ended';
  /** Whether the process died, the task made no progress for too long, or the process exceeded its memory limit. */
  readonly reason: 'crashed' | 'stalled' | 'memory';
  readonly message: string;
  /** False if other tasks shared the process, one of which may be to blame. */
  readonly causedExit: boolean;
}

/** Messages are truncated to this length, because they are stored, printed, and sent through the queue. */
export const MAX_MESSAGE_CHARACTERS = 4_000;
const MAX_METRICS = 100;

/** Schema of `failed.json`. */
export const taskFailureSchema = z.object({
  reason: z.enum(['diverged', 'permanent', 'error', 'crashed', 'stalled', 'memory']),
  message: z.string(),
  /** Step at which the task failed, if known. */
  step: z.int().nullable(),
  /** The last row of the step log in which all numbers were finite. */
  lastFinite: z
    .object({ step: z.int() })
    .catchall(z.number())
    .refine((metrics) => Object.keys(metrics).length <= MAX_METRICS, { error: 'has too many metrics' })
    .nullable(),
  /** Number of failed attempts at the task, over all runs. */
  attempts: z.int().min(1),
});

export type TaskFailure = z.infer<typeof taskFailureSchema>;
/** Reasons after which a failed task is not retried. */
export const FINAL_REASONS: readonly TaskFailure['reason'][] = ['diverged', 'permanent'];

export type FailureOutcome = Extract<TaskOutcome, { type: 'failed' | 'diverged' | 'ended' }>;

/** Returns the record of a failure for the store. @param attempts number of failed attempts, including this one */
export function failureOf(outcome: FailureOutcome, attempts: number): TaskFailure {
  const message = truncate(outcome.message);
  if (outcome.type === 'diverged') {
    const { step, lastFinite } = outcome;
    return { reason: 'diverged', message, step, lastFinite, attempts };
  }
  const error = outcome.type === 'failed' && outcome.isPermanent === true ? 'permanent' : 'error';
  const reason = outcome.type === 'ended' ? outcome.reason : error;
  return { step: null, lastFinite: null, attempts, reason, message };
}

function truncate(message: string): string {
  return message.length <= MAX_MESSAGE_CHARACTERS
    ? message
    : `${message.slice(0, MAX_MESSAGE_CHARACTERS - 4)} ...`;
}

/** Returns, for example, `1,000 steps in 3 s` or `step-limit, incomplete in 12 s`. */
export function doneText({
  summary,
  steps,
  fromStep,
  elapsedMs,
}: Extract<TaskOutcome, { type: 'done' }>): string {
  return `${summary ?? `${formatCount(steps - fromStep)} steps`} in ${formatDuration(elapsedMs)}`;
}
