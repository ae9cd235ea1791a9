import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { StoreError } from '../errors.js';
import { isMissing, reasonOf, assertNotSymlink } from '../store/files.js';
import type { LogLine, WorkerView } from './page/protocol.js';

/** The maximum number of bytes at the end of the log that are read at a time. */
const MAX_BYTES = 8 << 20;
const MAX_LINES = 200;
const LEVELS = [
  [50, 'error'],
  [40, 'warn'],
  [0, 'info'],
] as const;

const lineSchema = z.looseObject({
  level: z.number(),
  time: z.number(),
  pid: z.int(),
  msg: z.string().default(''),
  task: z.string().exactOptional(),
  slot: z.int().exactOptional(),
  worker: z.string().nullish(),
});

type Line = z.infer<typeof lineSchema>;

/** Follows `log.jsonl` of a sweep to show which worker executes which task. */
export class RunLog {
  readonly #file: string;
  /** The number of bytes already read. */
  #offset = 0;
  /** The process id of the run that wrote last. */
  #pid: number | null = null;
  /** The workers by task. */
  #workers = new Map<string, string>();

  constructor(sweepFolder: string) {
    this.#file = path.join(sweepFolder, 'log.jsonl');
  }

  /** Returns which worker executes which task according to the log. */
  workers(): WorkerView[] {
    for (const line of this.#newLines()) this.#apply(line);
    // Sort by name, so that a worker keeps its position when it takes another task.
    return [...this.#workers]
      .map(([task, worker]) => ({ worker, task }))
      .sort((a, b) => a.worker.localeCompare(b.worker, 'en', { numeric: true }));
  }

  /** Returns the last lines about a task. */
  linesAbout(task: string): LogLine[] {
    return parseLines(readEnd(this.#file, 0).bytes)
      .filter((line) => line.task === task)
      .slice(-MAX_LINES)
      .map(toLogLine);
  }

  #newLines(): Line[] {
    const { bytes, start } = readEnd(this.#file, this.#offset);
    // Bytes after the last line break are still being written.
    const complete = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
    this.#offset = start + complete.length;
    return parseLines(complete);
  }

  #apply({ pid, msg, task, slot, worker }: Line): void {
    if (pid !== this.#pid || msg === 'session over') this.#workers.clear();
    this.#pid = pid;
    // A request about a task does not end it.
    if (task === undefined || msg.startsWith('request ')) return;
    this.#workers.delete(task);
    const name = worker ?? (slot === undefined ? null : `worker ${slot + 1}`);
    if (msg === 'task started' && name !== null) this.#workers.set(task, name);
  }
}

/** Reads the file from an offset. If too much follows, reads only the end of it, which may start within a line. */
function readEnd(file: string, from: number): { bytes: Buffer; start: number } {
  let descriptor: number;
  for (const own of [path.dirname(file), file]) assertNotSymlink(own);
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if (isMissing(error)) return { bytes: Buffer.alloc(0), start: 0 };
    throw new StoreError(`can't read ${file} (${reasonOf(error)}): make it readable`, { cause: error });
  }
  try {
    const { size } = fstatSync(descriptor);
    // A file that is shorter than before was replaced.
    const start = Math.max(size < from ? 0 : from, size - MAX_BYTES);
    const bytes = Buffer.alloc(size - start);
    const read = readSync(descriptor, bytes, 0, bytes.length, start);
    return { bytes: bytes.subarray(0, read), start };
  } finally {
    closeSync(descriptor);
  }
}

/** Parses log lines. Skips incomplete and foreign ones. */
function parseLines(bytes: Buffer): Line[] {
  return bytes
    .toString()
    .split('\n')
    .flatMap((line) => {
      try {
        const parsed = lineSchema.safeParse(JSON.parse(line));
        return parsed.success ? [parsed.data] : [];
      } catch {
        return [];
      }
    });
}

function toLogLine({ level, time, msg, ...fields }: Line): LogLine {
  const details = Object.entries(fields)
    .filter(([name]) => name !== 'pid' && name !== 'task')
    .map(([name, value]) => `${name} ${textOf(value)}`);
  return {
    time: new Date(time).toISOString(),
    level: LEVELS.find(([minLevel]) => level >= minLevel)?.[1] ?? 'info',
    text: [msg, ...details].join(', '),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
