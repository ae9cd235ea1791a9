import { createHash } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import path from 'node:path';
import { threadId } from 'node:worker_threads';
import type { z } from 'zod';
import { StoreError } from '../errors.js';

/** How the name ends of a file that is being written. A process that dies leaves it behind. */
export const TEMPORARY = '.tmp';

/**
 * Replaces the file in one step: after a crash or power cut there is the old content or the new one, never a part. Which of them
 * is certain only once the folder is flushed too.
 */
export function replaceFile(file: string, data: string | Uint8Array): void {
  const temporary = `${file}.${process.pid}-${threadId}${TEMPORARY}`;
  wrapStoreErrors(`write ${file}`, () => {
    try {
      // Never through a link that lies in its place.
      rmSync(temporary, { force: true });
      writeFileSync(temporary, data, { flush: true, flag: 'wx' });
      renameSync(temporary, file);
    } catch (error) {
      deleteIfPossible(temporary);
      throw error;
    }
  });
}

/** The error for a file that can't be written. */
export function writeFailure(file: string, error: unknown): StoreError {
  return failure(`write ${file}`, error);
}

/** `replaceFile`, and once this returns it is the new content. */
export function writeFileDurably(file: string, data: string | Uint8Array): void {
  replaceFile(file, data);
  fsyncFolder(path.dirname(file));
}

/** Makes the folder's entries, as names created or renamed in it, survive a power cut. */
export function fsyncFolder(folder: string): void {
  // Windows can't open a folder.
  if (process.platform === 'win32') return;
  wrapStoreErrors(`write ${folder}`, () => {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  });
}

/**
 * Creates the folder and those above it where they are missing, durably. One that is there is made durable too, since whoever
 * made it may have died before it was; those above it are not.
 */
export function makeFolder(folder: string): void {
  // One by one: `mkdirSync` with `recursive` never returns where mkdir says ENOENT in a folder that exists, as /proc does.
  const missing: string[] = [];
  for (let level = path.resolve(folder); !existsSync(level); level = path.dirname(level))
    missing.unshift(level);
  wrapStoreErrors(`make the folder ${folder}`, () => {
    for (const level of missing) {
      makeOneFolder(level);
      fsyncFolder(path.dirname(level));
    }
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
    if (missing.length === 0) fsyncIfReadable(path.dirname(path.resolve(folder)));
  });
}

/** A file of the store that is written in place is no link, by which a store from elsewhere could have other files overwritten. */
export function assertNotSymlink(file: string): void {
  if (statsOf(file)?.isSymbolicLink() === true)
    throw new StoreError(`${file} is a link: a store has none, delete it`);
}

/** Returns the stats of what lies there itself, not of what a link leads to; null if nothing does. */
export function statsOf(file: string): Stats | null {
  try {
    return lstatSync(file);
  } catch (error) {
    if (isMissing(error)) return null;
    throw new StoreError(`can't look at ${file} (${reasonOf(error)}): make it readable`, { cause: error });
  }
}

/** Does something to the store; where the system refuses, the error says what to do. */
export function wrapStoreErrors<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw failure(what, error);
  }
}

/** SHA-256 of the file, read in pieces so that memory stays bounded. */
export function hashFile(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const hash = createHash('sha256');
    const piece = Buffer.alloc(1 << 18);
    for (let read = 1; read > 0;) {
      read = readSync(descriptor, piece);
      hash.update(piece.subarray(0, read));
    }
    return hash.digest('hex');
  } finally {
    closeSync(descriptor);
  }
}

export type JsonFile<T> =
  | { readonly found: true; readonly value: T }
  | { readonly found: false; readonly problem: null }
  /** It's there but can't be read, is not JSON, or not of this schema. */
  | { readonly found: false; readonly problem: string };

/** The largest that the store writes has some kilobytes. */
const MAX_JSON_BYTES = 1 << 20;

/** Reads a JSON file of the store. What is on a disk may be anything, so a broken file is an answer, not an exception. */
export function readJsonFile<T>(file: string, schema: z.ZodType<T>): JsonFile<T> {
  let text: string;
  try {
    const stats = statSync(file);
    if (!stats.isFile() || stats.size > MAX_JSON_BYTES)
      return {
        found: false,
        problem: `${path.basename(file)} is broken (no file of the store, ${stats.size} bytes)`,
      };
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return { found: false, problem: null };
    return { found: false, problem: `${path.basename(file)} can't be read (${reasonOf(error)})` };
  }
  try {
    const result = schema.safeParse(JSON.parse(text));
    if (result.success) return { found: true, value: result.data };
    const issue = result.error.issues[0];
    const where = issue?.path.join('.') ?? '';
    return {
      found: false,
      problem: `${path.basename(file)} is broken (${where === '' ? '' : `${where}: `}${issue?.message ?? ''})`,
    };
  } catch {
    return {
      found: false,
      problem: `${path.basename(file)} is broken (not JSON, ${text.length} characters)`,
    };
  }
}

/** Names of what is in the folder; none if there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw new StoreError(
      `can't list ${folder} (${reasonOf(error)}): make it readable, or choose another folder with --out`,
      { cause: error },
    );
  }
}

export function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Whether the system refused something; other errors are mistakes of this program. */
export function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

/** The system's code of a file error, for example `EACCES`, or its message where it has none. */
export function reasonOf(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.message : String(error));
}

/** For what takes space and does no harm. */
export function deleteIfPossible(file: string): void {
  try {
    rmSync(file, { force: true, recursive: true });
  } catch {
    // It stays.
  }
}

/** A folder above the store may be one that this user can pass through but not open. */
function fsyncIfReadable(folder: string): void {
  try {
    accessSync(folder, constants.R_OK);
  } catch {
    return;
  }
  fsyncFolder(folder);
}

/** Another process may make the same folder at the same time. */
function makeOneFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

function failure(what: string, error: unknown): StoreError {
  return new StoreError(`can't ${what} (${reasonOf(error)}): ${adviceFor(error)}`, { cause: error });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function adviceFor(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'free some disk space, or choose another folder with --out';
    case 'EIO':
      return 'the disk fails; choose another folder with --out';
    case 'EEXIST':
    case 'ENOTDIR':
      return 'a file is in the way; choose another folder with --out';
    default:
      return 'make it writable, or choose another folder with --out';
  }
}
