import { totalmem } from 'node:os';
import type { RunOptions } from './run-sweep.js';

/** The defaults of all commands that execute tasks. */
export const RUN_DEFAULTS = {
  checkpointEverySeconds: 5,
  retries: 1,
  isolation: 'thread',
  stallAfterSeconds: 600,
  /** 90% of the machine's memory. */
  maxMemoryMegabytes: Math.floor((availableMemory() * 0.9) / 1e6),
} as const;

/** Returns the run options that apply when the user sets none. */
export function defaultRunOptions() {
  return {
    retries: RUN_DEFAULTS.retries,
    checkpointEveryMs: RUN_DEFAULTS.checkpointEverySeconds * 1_000,
    isolation: RUN_DEFAULTS.isolation,
    stallMs: RUN_DEFAULTS.stallAfterSeconds * 1_000,
    memoryBytes: RUN_DEFAULTS.maxMemoryMegabytes * 1e6,
    logLevel: 'info',
    retryDiverged: false,
    retrainCorrupt: false,
  } satisfies Partial<RunOptions>;
}

/** Returns the bytes of memory of the machine, or the limit of the container if that is lower. */
function availableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(totalmem(), limit) : totalmem();
}
