import path from 'node:path';
import { pino, type Logger } from 'pino';
import { wrapStoreErrors, assertNotSymlink } from '../store/files.js';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** JSON lines, appended without a buffer: what was logged is there after a kill. */
export function openLog(
  sweepFolder: string,
  level: LogLevel,
): { readonly logger: Logger; readonly file: string } {
  const file = path.join(sweepFolder, 'log.jsonl');
  assertNotSymlink(file);
  const destination = wrapStoreErrors(`write ${file}`, () => pino.destination({ dest: file, sync: true }));
  // Emitted while a line is written, so that the caller gets the error: the first one, which ends the run.
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
