import path from 'node:path';
import { pino, type Logger } from 'pino';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** JSON lines, appended without a buffer: what was logged is there after a kill. */
export function openLog(
  sweepFolder: string,
  level: LogLevel,
): { readonly logger: Logger; readonly file: string } {
  const file = path.join(sweepFolder, 'log.jsonl');
  return {
    logger: pino({ level, base: { pid: process.pid } }, pino.destination({ dest: file, sync: true })),
    file,
  };
}
