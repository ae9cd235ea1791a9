import path from 'node:path';
import { pino, type Logger } from 'pino';
import { wrapStoreErrors, assertNotSymlink } from '../store/files.js';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Opens the run's log, to which JSON lines are appended unbuffered, so that none is lost when the process is killed. */
export function openLog(
  sweepFolder: string,
  level: LogLevel,
): { readonly logger: Logger; readonly file: string } {
  const file = path.join(sweepFolder, 'log.jsonl');
  assertNotSymlink(file);
  const destination = wrapStoreErrors(`write ${file}`, () => pino.destination({ dest: file, sync: true }));
  // The event is emitted while a line is written, so the caller gets the error. Only the first one matters: it ends the run.
  let hasFailed = false;
  destination.on('error', (error: Error) => {
    if (hasFailed) return;
    hasFailed = true;
    wrapStoreErrors(`write ${file}`, () => {
      throw error;
    });
  });
  return { logger: pino({ level, base: { pid: process.pid } }, destination), file };
}
