import { statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readJsonFile } from './files.js';
import { TASK_FILES } from './task-folder.js';

const sessionSchema = z.object({
  /** The start time in ISO 8601. */
  start: z.iso.datetime(),
  fromStep: z.int().min(0),
  toStep: z.int().min(0),
  /** The mean time per step; null for a session without steps. */
  microsecondsPerStep: z.number().nullable(),
});

export type SessionRecord = z.infer<typeof sessionSchema>;

/** A number of steps of a task and the time they took. */
export interface TimedSteps {
  readonly steps: number;
  readonly elapsedMs: number;
}

/**
 * Returns the timed steps of a task since `sinceMs` (milliseconds since 1970). `run.json` has the sessions that have ended; an
 * unreadable one counts as empty, because no result depends on it. The session of a running task is timed by its checkpoint after
 * `steps` steps, provided that the task started after `sinceMs`.
 */
export function timedSteps(folder: string, sinceMs: number, steps: number | null): TimedSteps[] {
  const ended = sessionsSince(path.join(folder, TASK_FILES.run), sinceMs);
  const begunMs = changeMs(path.join(folder, TASK_FILES.task));
  if (steps === null || begunMs < sinceMs || ended.length > 0) return ended;
  return [{ steps, elapsedMs: changeMs(path.join(folder, TASK_FILES.checkpoint)) - begunMs }];
}

function sessionsSince(file: string, sinceMs: number): TimedSteps[] {
  if (changeMs(file) < sinceMs) return [];
  return readSessionFile(file)
    .filter(({ start }) => Date.parse(start) >= sinceMs)
    .map(({ fromStep, toStep, microsecondsPerStep }) => {
      const steps = toStep - fromStep;
      return { steps, elapsedMs: ((microsecondsPerStep ?? 0) * steps) / 1000 };
    });
}

/** Returns the sessions of a task that have ended; none if they can't be read. */
export function readSessions(folder: string): readonly SessionRecord[] {
  return readSessionFile(path.join(folder, TASK_FILES.run));
}

function readSessionFile(file: string): readonly SessionRecord[] {
  const sessions = readJsonFile(file, z.array(sessionSchema));
  return sessions.found ? sessions.value : [];
}

/** Returns when the file last changed, in milliseconds since 1970; 0 if it does not exist. */
function changeMs(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
