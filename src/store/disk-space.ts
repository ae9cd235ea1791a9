import { existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../errors.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { formatBytes } from '../units.js';

/** Returns the bytes that this user may still write on the disk of the folder, which need not exist. */
export function freeBytes(outDir: string): number {
  let folder = path.resolve(outDir);
  while (!existsSync(folder)) folder = path.dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Refuses a sweep whose results can't fit on the disk. @param bytes of the results of these tasks */
export function checkDiskSpace(outDir: string, bytes: number, tasks: readonly Task[]): void {
  const free = freeBytes(outDir);
  if (bytes <= free) return;
  const advice = new Set(tasks.flatMap(({ settings }) => experimentOf(settings).diskAdvice ?? []));
  throw new InputError(
    `the logs need about ${formatBytes(bytes)}, and the disk of ${path.resolve(outDir)} has ${formatBytes(free)} free: ` +
      [...advice, 'use another disk with --out'].join(', or '),
  );
}
