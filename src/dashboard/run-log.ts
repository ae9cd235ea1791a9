import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { StoreError } from '../errors.js';
import { isMissing, reasonOf, assertNotSymlink } from '../store/files.js';
import type { LogLine, WorkerView } from './page/protocol.js';

/** Read at a time, and looked through for what is told of a task. */
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

/** Follows `log.jsonl` of a sweep, to show which worker has which task. */
export class RunLog {
  readonly #file: string;
  /** Bytes that were looked at. */
  #offset = 0;
  /** Of the session that wrote last. */
  #pid: number | null = null;
  /** By task. */
  #workers = new Map<string, string>();

  constructor(sweepFolder: string) {
    this.#file = path.join(sweepFolder, 'log.jsonl');
  }

  /** Which worker has which task, as far as the log says. */
  workers(): WorkerView[] {
    for (const line of this.#newLines()) this.#note(line);
    // A worker keeps its place when it takes another task.
    return [...this.#workers]
      .map(([task, worker]) => ({ worker, task }))
      .sort((a, b) => a.worker.localeCompare(b.worker, 'en', { numeric: true }));
  }

  /** The last lines about a task. */
  linesAbout(task: string): LogLine[] {
    return parseLines(readEnd(this.#file, 0).bytes)
      .filter((line) => line.task === task)
      .slice(-MAX_LINES)
      .map(toLogLine);
  }

  #newLines(): Line[] {
    const { bytes, start } = readEnd(this.#file, this.#offset);
    // What follows the last line's end is still being written.
    const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
    this.#offset = start + whole.length;
    return parseLines(whole);
  }

  #note({ pid, msg, task, slot, worker }: Line): void {
    if (pid !== this.#pid || msg === 'session over') this.#workers.clear();
    this.#pid = pid;
    if (task === undefined) return;
    this.#workers.delete(task);
    const name = worker ?? (slot === undefined ? null : `worker ${slot + 1}`);
    if (msg === 'task started' && name !== null) this.#workers.set(task, name);
  }
}

/** The file from there on, or of a longer rest its end, which begins with a part of a line. */
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
    // A file that has become shorter is another one.
    const start = Math.max(size < from ? 0 : from, size - MAX_BYTES);
    const bytes = Buffer.alloc(size - start);
    const read = readSync(descriptor, bytes, 0, bytes.length, start);
    return { bytes: bytes.subarray(0, read), start };
  } finally {
    closeSync(descriptor);
  }
}

/** A line that is cut or foreign is passed over. */
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
    level: LEVELS.find(([least]) => level >= least)?.[1] ?? 'info',
    text: [msg, ...details].join(', '),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
