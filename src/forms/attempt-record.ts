import { availableParallelism, cpus, hostname } from 'node:os';
import { z } from 'zod';
import { cpuFeatures } from '../compiler/native/cpu.js';
import { readJsonFile, replaceFileUnsynced } from '../store/files.js';
import type { Marker } from '../store/task-folder.js';

/** Times and steps of one attempt at a task. They depend on the machine and the clock, and are not part of the result. */
export interface AttemptRecord {
  readonly start: Date;
  readonly end: Date;
  readonly fromStep: number;
  readonly toStep: number;
  readonly elapsedMs: number;
  /** The task's marker, if the attempt finished the task. From it a lost `done.json` can be restored. */
  readonly marker?: Marker;
}

const attemptsSchema = z.array(z.unknown());

/** Cached, because reading it takes about a millisecond. */
let machine: Record<string, unknown> | undefined;

/** Appends an attempt to the array in `run.json`. An unreadable file is replaced, because nothing depends on it. */
export function recordAttempt(path: string, attempt: AttemptRecord): void {
  const { elapsedMs, marker, ...range } = attempt;
  const steps = attempt.toStep - attempt.fromStep;
  const entry = {
    ...range,
    microsecondsPerStep: steps > 0 ? (elapsedMs * 1000) / steps : null,
    ...(machine ??= describeMachine()),
    ...(marker && { marker }),
  };
  replaceFileUnsynced(path, JSON.stringify([...readAttempts(path), entry], null, 2));
}

function describeMachine(): Record<string, unknown> {
  return {
    host: hostname(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cpuFeatures: cpuFeatures(),
    cores: availableParallelism(),
    node: process.versions.node,
  };
}

function readAttempts(path: string): unknown[] {
  const attempts = readJsonFile(path, attemptsSchema);
  return attempts.found ? attempts.value : [];
}
