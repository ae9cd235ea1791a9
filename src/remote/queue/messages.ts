import { z } from 'zod';
import { failureOf, MAX_MESSAGE_CHARACTERS, taskFailureSchema } from '../../task/outcome.js';

/** What workers report to the coordinator through Redis: checked like a file from outside. */
const count = z.int().min(0);
/** It goes to a terminal, where control characters could write whatever they like. */
const shown = (most: number) =>
  z
    .string()
    .max(most)
    .transform((value) => value.replaceAll(/\p{Cc}/gu, ' '));
const workerName = shown(100);
const text = shown(MAX_MESSAGE_CHARACTERS);

const progressSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('training'), worker: workerName, fromStep: count, step: count }),
  /** The worker is of another version, and has given the task back. */
  z.object({ type: z.literal('refused'), worker: workerName, reason: text }),
]);

const doneSchema = z.object({
  worker: workerName,
  fromStep: count,
  steps: count,
  /** For example `1,000 steps in 3 s`. */
  text,
  /** What was broken in its folder, and what it resumed from instead. */
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

/** @param reason a report as JSON, or BullMQ's own words, for example for a task whose workers vanished too often */
export function parseFailure(reason: string): FailureReport {
  try {
    const parsed = failureSchema.safeParse(JSON.parse(reason));
    if (parsed.success) return parsed.data;
  } catch {
    // BullMQ's own words.
  }
  const message = reason.replaceAll(/\p{Cc}/gu, ' ').slice(0, 300);
  return {
    type: 'failed',
    worker: '',
    failure: failureOf({ type: 'ended', reason: 'crashed', message, causedExit: true }, 1),
  };
}
