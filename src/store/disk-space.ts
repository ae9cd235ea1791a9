import { existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../errors.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { formatBytes } from '../units.js';

/** Returns the bytes that this user can still write to the disk of the folder. The folder need not exist. */
export function freeBytes(outDir: string): number {
  let folder = path.resolve(outDir);
  while (!existsSync(folder)) folder = path.dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/**
 * Checks that the results of the tasks fit on the disk.
 * @param bytes the estimated size of the results
 * @throws an InputError if they do not fit
 */
export function checkDiskSpace(outDir: string, bytes: number, tasks: readonly Task[]): void {
  const free = freeBytes(outDir);
  if (bytes <= free) return;
  const advice = new Set(tasks.flatMap(({ settings }) => experimentOf(settings).diskAdvice ?? []));
  throw new InputError(
    `the logs need about ${formatBytes(bytes)}, but the disk of ${path.resolve(outDir)} has only ${formatBytes(free)} free: ` +
      [...advice, 'use another disk with --out'].join(', or '),
  );
}
