import { randomUUID } from 'node:crypto';
import { rmdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import {
  assertNotSymlink,
  deleteIfPossible,
  makeFolder,
  namesIn,
  readJsonFile,
  statsOf,
  writeFileDurably,
} from './files.js';
import { readStoreOwner } from './lock.js';

/** The maximum number of requests that wait for a run. A run handles them every second. */
const MAX_WAITING = 100;
const MAX_REQUEST_BYTES = 10_000;

const task = z.string().regex(/^[0-9a-f]{16}$/, { error: 'expected the id of a task' });

export const runRequestSchema = z.discriminatedUnion('action', [
  /** Stop the run with checkpoints. */
  z.strictObject({ action: z.literal('stop') }),
  /** Stop one task with a checkpoint, or do not start it. */
  z.strictObject({ action: z.literal('cancel'), task }),
  /** Start a waiting task before the others. */
  z.strictObject({ action: z.literal('next'), task }),
  /** Execute one failed task again, or all if it is null. */
  z.strictObject({ action: z.literal('retry'), task: task.nullable() }),
]);

/** What a person asks of an active run. */
export type RunRequest = z.infer<typeof runRequestSchema>;

const storedSchema = z.strictObject({
  request: runRequestSchema,
  /** The network address of the person who asked. It is printed, so it must not control terminals. */
  from: z.string().regex(/^[\w.:%-]{1,100}$/),
});

/** A request, and the address of who asked. */
export type ReceivedRequest = z.infer<typeof storedSchema>;

const acceptanceSchema = z.strictObject({ sweep: z.string() });

/** The file by which a run says that it accepts requests, and for which sweep. */
const ACCEPTANCE = 'run.json';

function controlFolder(outDir: string): string {
  return path.join(outDir, 'control');
}

/**
 * The requests to one run: files in `<out>/control/<nonce>`, where the nonce identifies the run's lock. So a request never reaches another
 * run, and what a killed run leaves behind is deleted by the next one.
 */
export class RunInbox {
  readonly #folder: string;
  /** Requests that were taken. It matters only if a file can't be deleted. */
  readonly #taken = new Set<string>();

  /** Opens the inbox of a run that holds the store's lock. */
  constructor(outDir: string, nonce: string, sweep: string) {
    const all = controlFolder(outDir);
    assertNotSymlink(all);
    makeFolder(all);
    // What remains reaches no run, because each has another nonce.
    for (const name of namesIn(all)) deleteIfPossible(path.join(all, name));
    this.#folder = path.join(all, nonce);
    makeFolder(this.#folder);
    writeFileDurably(path.join(this.#folder, ACCEPTANCE), `${JSON.stringify({ sweep })}\n`);
  }

  /** Takes the requests that have arrived, in order. An invalid one is returned as a problem. */
  take(): (ReceivedRequest | { readonly problem: string })[] {
    const names = requestsIn(this.#folder).filter((name) => !this.#taken.has(name));
    return names.slice(0, MAX_WAITING).map((name) => {
      const file = path.join(this.#folder, name);
      const isLink = statsOf(file)?.isSymbolicLink() === true;
      const found = isLink ? null : readJsonFile(file, storedSchema, MAX_REQUEST_BYTES);
      this.#taken.add(name);
      deleteIfPossible(file);
      if (found === null) return { problem: `${name} is a symbolic link` };
      return found.found ? found.value : { problem: found.problem ?? `${name} was deleted` };
    });
  }

  close(): void {
    deleteIfPossible(this.#folder);
    try {
      rmdirSync(path.dirname(this.#folder));
    } catch {
      // Another process has just written there.
    }
  }
}

/** Whether a sweep's run can be asked for something. `advice` says why not, and what to do instead. */
export type RunReach =
  { readonly isOpen: true; readonly folder: string } | { readonly isOpen: false; readonly advice: string };

/** Finds the active run of a sweep. Writes nothing. */
export function findRun(outDir: string, sweep: { readonly name: string; readonly file: string }): RunReach {
  const closed = (advice: string): RunReach => ({ isOpen: false, advice });
  const owner = readStoreOwner(outDir);
  if (owner === null || owner.isAlive === false)
    return closed(`no run is active: start one with vae-sweep run ${sweep.file}`);
  // The nonce comes from a file, and must not lead out of the store.
  const nonce = z.uuid().safeParse(owner.process?.nonce);
  const folder = path.join(controlFolder(outDir), nonce.data ?? '');
  for (const level of [controlFolder(outDir), folder]) assertNotSymlink(level);
  const acceptance = nonce.success ? readJsonFile(path.join(folder, ACCEPTANCE), acceptanceSchema) : null;
  if (acceptance?.found !== true)
    return closed(
      'the process that uses the store accepts no requests, for example because of --no-control or --queue: stop it where it was started',
    );
  if (acceptance.value.sweep !== sweep.name)
    return closed(`the active run executes ${acceptance.value.sweep}: select that sweep to control it`);
  return { isOpen: true, folder };
}

/** The number of requests that this process has sent. It orders those of the same millisecond. */
let sent = 0;

/**
 * Writes a request durably for the run that `findRun` found.
 * @returns why it was not written; null if it was
 */
export function sendRequest(folder: string, request: RunRequest, from: string): string | null {
  if (requestsIn(folder).length >= MAX_WAITING)
    return `${MAX_WAITING} requests already wait for the run: try again in a few seconds`;
  sent += 1;
  const order = [Date.now(), sent].map((count) => String(count).padStart(15, '0')).join('-');
  const name = `${order}-${randomUUID()}.json`;
  if (statsOf(folder) === null) return 'the run has just ended';
  writeFileDurably(path.join(folder, name), `${JSON.stringify({ request, from })}\n`);
  return null;
}

function requestsIn(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => name.endsWith('.json') && name !== ACCEPTANCE)
    .sort();
}
