import { availableParallelism, cpus, hostname } from 'node:os';
import { z } from 'zod';
import { cpuFeatures } from '../compiler/native/cpu.js';
import { readJsonFile, replaceFile } from '../store/files.js';

/** One stretch of a task's training: what is true of the machine and the clock, and no part of the result. */
export interface Session {
  readonly start: Date;
  readonly end: Date;
  readonly fromStep: number;
  readonly toStep: number;
  readonly elapsedMs: number;
}

/** Once asked for, as the kernel takes a millisecond to tell. */
let machine: Record<string, unknown> | undefined;

/** Adds a session to the array in `run.json`. An unreadable file is begun anew: nothing depends on it. */
export function recordSession(path: string, session: Session): void {
  const { elapsedMs, ...range } = session;
  const steps = session.toStep - session.fromStep;
  const entry = {
    ...range,
    microsecondsPerStep: steps > 0 ? (elapsedMs * 1000) / steps : null,
    ...(machine ??= describeMachine()),
  };
  replaceFile(path, JSON.stringify([...readSessions(path), entry], null, 2));
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

function readSessions(path: string): unknown[] {
  const sessions = readJsonFile(path, z.array(z.unknown()));
  return sessions.found ? sessions.value : [];
}
