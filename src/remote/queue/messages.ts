import { z } from 'zod';
import { failureOf, MAX_MESSAGE_CHARACTERS, taskFailureSchema } from '../../task/outcome.js';

/** The reports that workers send to the coordinator through Redis. They are validated like any untrusted input. */
const count = z.int().min(0);
/** A text that is printed to a terminal, so control characters are removed. */
const printable = (maxCharacters: number) =>
  z
    .string()
    .max(maxCharacters)
    .transform((value) => value.replaceAll(/\p{Cc}/gu, ' '));
const workerName = printable(100);
const text = printable(MAX_MESSAGE_CHARACTERS);

const progressSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('training'), worker: workerName, fromStep: count, step: count }),
  /** The worker has another version, and has returned the task to the queue. */
  z.object({ type: z.literal('refused'), worker: workerName, reason: text }),
]);

const doneSchema = z.object({
  worker: workerName,
  fromStep: count,
  steps: count,
  /** For example `1,000 steps in 3 s`. */
  text,
  /** What was corrupt in the task's folder, and what the task resumed from instead. */
  recovered: text.nullable(),
});

const failureSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('failed'),
    worker: workerName,
    failure: taskFailureSchema.extend({ message: text }),
  }),
  z.object({ type: z.literal('corrupt'), worker: workerName, problem: text }),
]);

export type ProgressReport = z.infer<typeof progressSchema>;
export type DoneReport = z.infer<typeof doneSchema>;
export type FailureReport = z.infer<typeof failureSchema>;

export function parseProgress(data: unknown): ProgressReport | null {
  return progressSchema.safeParse(data).data ?? null;
}

export function parseDone(data: unknown): DoneReport | null {
  return doneSchema.safeParse(data).data ?? null;
}

/** @param reason a report as JSON, or BullMQ's own message, for example for a task that lost its workers too often */
export function parseFailure(reason: string): FailureReport {
  try {
    const parsed = failureSchema.safeParse(JSON.parse(reason));
    if (parsed.success) return parsed.data;
  } catch {
    // The reason is BullMQ's own message.
  }
  const message = reason.replaceAll(/\p{Cc}/gu, ' ').slice(0, 300);
  return {
    type: 'failed',
    worker: '',
    failure: failureOf({ type: 'ended', reason: 'crashed', message, causedExit: true }, 1),
  };
}
