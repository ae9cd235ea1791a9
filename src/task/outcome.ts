import { z } from 'zod';
import { formatCount, formatDuration } from '../units.js';

/** How an attempt at a task ended. Plain data: it crosses threads and processes, which classes do not survive. */
export type TaskOutcome =
  | ({
      readonly type: 'done';
      readonly steps: number;
      readonly elapsedMs: number;
      /** What a computation came to, such as `step-limit, incomplete`; null where the number of steps says it all. */
      readonly summary: string | null;
    } & Resumed)
  /** `step` is null for a task that keeps no checkpoint and starts again. */
  | ({ readonly type: 'stopped'; readonly step: number | null } & Resumed)
  /** A metric of a step became NaN or infinite. Deterministic, so not worth a retry. */
  | {
      readonly type: 'diverged';
      readonly step: number;
      readonly message: string;
      readonly lastFinite: TaskFailure['lastFinite'];
    }
  /** A file that the task was to resume from can't be trusted. */
  | { readonly type: 'corrupt'; readonly problem: string }
  /** The store can't be written. No fault of the task. */
  | { readonly type: 'unwritable'; readonly message: string }
  | {
      readonly type: 'failed';
      readonly message: string;
      readonly stack: string | null;
      /** Whether another attempt would fail in the same way. */
      readonly isPermanent?: boolean;
    }
  | EndedOutcome;

/** Where a task resumed. */
interface Resumed {
  readonly fromStep: number;
  /** What was broken there, and what it resumed from instead; null if nothing was. */
  readonly recovered: string | null;
}

/** How a task ended that could not report it itself. */
export interface EndedOutcome {
  readonly type: 'ended';
  /** Its process died, it made no step for too long, or its process had too much memory. */
  readonly reason: 'crashed' | 'stalled' | 'memory';
  readonly message: string;
  /** False for a task that shared its process with others, one of which may be to blame. */
  readonly causedExit: boolean;
}

/** A longer message is cut: it is kept in the store, printed, and sent through the queue. */
export const MAX_MESSAGE_CHARACTERS = 4_000;
const MAX_METRICS = 100;

/** `failed.json`. */
export const taskFailureSchema = z.object({
  reason: z.enum(['diverged', 'permanent', 'error', 'crashed', 'stalled', 'memory']),
  message: z.string(),
  /** Step at which it failed, where known. */
  step: z.int().nullable(),
  /** The last row of the step log whose numbers were all finite. */
  lastFinite: z
    .object({ step: z.int() })
    .catchall(z.number())
    .refine((metrics) => Object.keys(metrics).length <= MAX_METRICS, { error: 'has too many metrics' })
    .nullable(),
  /** Runs of the task that failed, over all sessions. */
  attempts: z.int().min(1),
});

export type TaskFailure = z.infer<typeof taskFailureSchema>;
/** Reasons for which a failed task is not retried. */
export const FINAL_REASONS: readonly TaskFailure['reason'][] = ['diverged', 'permanent'];

export type FailureOutcome = Extract<TaskOutcome, { type: 'failed' | 'diverged' | 'ended' }>;

/** What the store keeps of it. @param attempts runs of the task that failed, with this one */
export function failureOf(outcome: FailureOutcome, attempts: number): TaskFailure {
  const message = cut(outcome.message);
  if (outcome.type === 'diverged') {
    const { step, lastFinite } = outcome;
    return { reason: 'diverged', message, step, lastFinite, attempts };
  }
  const error = outcome.type === 'failed' && outcome.isPermanent === true ? 'permanent' : 'error';
  const reason = outcome.type === 'ended' ? outcome.reason : error;
  return { step: null, lastFinite: null, attempts, reason, message };
}

function cut(message: string): string {
  return message.length <= MAX_MESSAGE_CHARACTERS
    ? message
    : `${message.slice(0, MAX_MESSAGE_CHARACTERS - 4)} ...`;
}

/** For example `1,000 steps in 3 s`, or `step-limit, incomplete in 12 s`. */
export function doneText({
  summary,
  steps,
  fromStep,
  elapsedMs,
}: Extract<TaskOutcome, { type: 'done' }>): string {
  return `${summary ?? `${formatCount(steps - fromStep)} steps`} in ${formatDuration(elapsedMs)}`;
}
