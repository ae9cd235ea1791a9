import { statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readJsonFile } from './files.js';
import { damagedFiles, markerSchema, TASK_FILES, type Marker } from './task-folder.js';

const attemptSchema = z.object({
  /** The start time in ISO 8601. */
  start: z.iso.datetime(),
  fromStep: z.int().min(0),
  toStep: z.int().min(0),
  /** The mean time per step; null for an attempt without steps. */
  microsecondsPerStep: z.number().nullable(),
  /** The task's marker, if the attempt finished the task. */
  marker: markerSchema.optional(),
});

const attemptsSchema = z.array(attemptSchema);

export type AttemptTiming = z.infer<typeof attemptSchema>;

/** A number of steps of a task and the time they took. */
export interface TimedSteps {
  readonly steps: number;
  readonly elapsedMs: number;
}

/**
 * Returns the timed steps of a task since `sinceMs` (milliseconds since 1970). `run.json` lists the completed attempts; an unreadable
 * file counts as empty, because no result depends on it. The current attempt of a running task is timed by its checkpoint after
 * `steps` steps, provided that the task started after `sinceMs`.
 */
export function timedSteps(folder: string, sinceMs: number, steps: number | null): TimedSteps[] {
  const completed = attemptsSince(path.join(folder, TASK_FILES.run), sinceMs);
  const startedMs = changeMs(path.join(folder, TASK_FILES.task));
  if (steps === null || startedMs < sinceMs || completed.length > 0) return completed;
  return [{ steps, elapsedMs: changeMs(path.join(folder, TASK_FILES.checkpoint)) - startedMs }];
}

function attemptsSince(file: string, sinceMs: number): TimedSteps[] {
  if (changeMs(file) < sinceMs) return [];
  return readAttemptFile(file)
    .filter(({ start }) => Date.parse(start) >= sinceMs)
    .map(({ fromStep, toStep, microsecondsPerStep }) => {
      const steps = toStep - fromStep;
      return { steps, elapsedMs: ((microsecondsPerStep ?? 0) * steps) / 1000 };
    });
}

/** Returns a task's completed attempts; none if they can't be read. */
export function readAttempts(folder: string): readonly AttemptTiming[] {
  return readAttemptFile(path.join(folder, TASK_FILES.run));
}

/**
 * Returns the marker of a finished task whose `done.json` is missing or damaged: the one that its last attempt recorded, if every file
 * has the recorded SHA-256. Otherwise returns null, because nothing else proves that the files are complete.
 */
export function recordedMarker(folder: string, id: string): Marker | null {
  const marker = readAttempts(folder).at(-1)?.marker;
  return marker?.id === id && damagedFiles(folder, marker).length === 0 ? marker : null;
}

function readAttemptFile(file: string): readonly AttemptTiming[] {
  const attempts = readJsonFile(file, attemptsSchema);
  return attempts.found ? attempts.value : [];
}

/** Returns when the file last changed, in milliseconds since 1970; 0 if it does not exist. */
function changeMs(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
