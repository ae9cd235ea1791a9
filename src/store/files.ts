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
import { pieceFor } from './pieces.js';

/** The suffix of files that are being written. A process that dies leaves them behind. */
export const TEMPORARY_SUFFIX = '.tmp';

/**
 * Replaces the file atomically: after a crash or power failure it has either the old or the new content. The new content is durable
 * only after the folder is fsynced too.
 */
export function replaceFile(file: string, data: string | Uint8Array): void {
  replaceFiles([[file, data]]);
}

/** Replaces a file on which nothing depends like `replaceFile`, but a power failure may damage it. */
export function replaceFileUnsynced(file: string, data: string): void {
  replaceAll([[file, data]], () => undefined);
}

/**
 * Replaces each of the files like `replaceFile`. All are written before the first one is fsynced, so that the disk gets them at once
 * and the later calls of fsync have less to wait for.
 */
export function replaceFiles(files: readonly NewContent[]): void {
  replaceAll(files, fsyncSync);
}

type NewContent = readonly [file: string, data: string | Uint8Array];

function replaceAll(files: readonly NewContent[], sync: (descriptor: number) => void): void {
  const written: { readonly file: string; readonly temporary: string; readonly descriptor: number }[] = [];
  try {
    for (const [file, data] of files)
      wrapStoreErrors(`write ${file}`, () => {
        const temporary = `${file}.${process.pid}-${threadId}${TEMPORARY_SUFFIX}`;
        const descriptor = createFile(temporary);
        written.push({ file, temporary, descriptor });
        writeFileSync(descriptor, data);
      });
    for (const { file, descriptor } of written)
      wrapStoreErrors(`write ${file}`, () => {
        sync(descriptor);
      });
    for (const { file, temporary } of written)
      wrapStoreErrors(`write ${file}`, () => {
        renameSync(temporary, file);
      });
  } catch (error) {
    for (const { temporary } of written) deleteIfPossible(temporary);
    throw error;
  } finally {
    for (const { descriptor } of written) closeSync(descriptor);
  }
}

/** Creates a file in place of a leftover, and never writes through a symbolic link. */
function createFile(file: string): number {
  try {
    return openSync(file, 'wx');
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    rmSync(file);
    return openSync(file, 'wx');
  }
}

/** Returns the error for a file that can't be written. */
export function writeFailure(file: string, error: unknown): StoreError {
  return failure(`write ${file}`, error);
}

/** Replaces the file atomically. The new content is durable once this function returns. */
export function writeFileDurably(file: string, data: string | Uint8Array): void {
  replaceFile(file, data);
  fsyncFolder(path.dirname(file));
}

/** Makes changes to the folder's entries (names created, renamed or removed in it) survive a power failure. */
export function fsyncFolder(folder: string): void {
  // Windows can't open folders.
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
 * Creates the folder and its missing ancestors durably. A folder that exists is made durable too, because the process that created it
 * may have died before it was; existing ancestors are not.
 */
export function makeFolder(folder: string): void {
  // Create the levels one by one: recursive `mkdirSync` never returns where mkdir fails with ENOENT in an existing folder (/proc).
  const missing: string[] = [];
  for (let level = path.resolve(folder); !existsSync(level); level = path.dirname(level))
    missing.unshift(level);
  wrapStoreErrors(`create the folder ${folder}`, () => {
    for (const level of missing) {
      makeOneFolder(level);
      fsyncFolder(path.dirname(level));
    }
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
    if (missing.length === 0) fsyncIfReadable(path.dirname(path.resolve(folder)));
  });
}

/** Throws if the file is a symbolic link. A store from elsewhere could otherwise have files outside the store read or overwritten. */
export function assertNotSymlink(file: string): void {
  if (statsOf(file)?.isSymbolicLink() === true)
    throw new StoreError(`${file} is a symbolic link, which a store must not contain: delete it`);
}

/** Returns the stats of the file without following symbolic links, or null if it does not exist. */
export function statsOf(file: string): Stats | null {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw new StoreError(`can't access ${file} (${reasonOf(error)}): make it readable`, { cause: error });
  }
}

/**
 * Runs an action on the store and turns system errors into StoreErrors that say how to fix them.
 * @param what the action as an infinitive, for example `write <file>`
 */
export function wrapStoreErrors<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw failure(what, error);
  }
}

/** Returns the SHA-256 of the file. It is read in pieces, so memory use is bounded. */
export function hashFile(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const hash = createHash('sha256');
    const piece = pieceFor(descriptor);
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
  /** The file exists, but can't be read, is not JSON or does not match the schema. */
  | { readonly found: false; readonly problem: string };

/** Most JSON files that this program writes have a few kilobytes. */
const MAX_JSON_BYTES = 1 << 20;

/** Reads a JSON file of the store. Files on disk can be anything, so an invalid file is a result, not an exception. */
export function readJsonFile<T>(file: string, schema: z.ZodType<T>, maxBytes = MAX_JSON_BYTES): JsonFile<T> {
  let text: string;
  try {
    // Most of these files are often missing, and an exception would take longer than reading them.
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return { found: false, problem: null };
    if (!stats.isFile() || stats.size > maxBytes)
      return {
        found: false,
        problem: `${path.basename(file)} is invalid (not a regular file, or too large: ${stats.size} bytes)`,
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
      problem: `${path.basename(file)} is invalid (${where === '' ? '' : `${where}: `}${issue?.message ?? ''})`,
    };
  } catch {
    return {
      found: false,
      problem: `${path.basename(file)} is invalid (not JSON, ${text.length} characters)`,
    };
  }
}

/** Returns the names of the folder's entries; none if the folder does not exist. */
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

/** Returns whether the error came from a system call. Other errors are bugs in this program. */
export function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

/** Returns the system's error code, for example `EACCES`, or the error's message if it has none. */
export function reasonOf(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.message : String(error));
}

/** Deletes a file or folder that merely takes up space, and ignores errors. */
export function deleteIfPossible(file: string): void {
  try {
    rmSync(file, { force: true, recursive: true });
  } catch {
    // It does no harm.
  }
}

/** Calls fsync for a folder above the store, unless this user can traverse but not open it. */
function fsyncIfReadable(folder: string): void {
  try {
    accessSync(folder, constants.R_OK);
  } catch {
    return;
  }
  fsyncFolder(folder);
}

/** Creates the folder. Another process may create it at the same time. */
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
      return 'the disk reports errors; choose another folder with --out';
    case 'EEXIST':
    case 'ENOTDIR':
      return 'a file is in the way; choose another folder with --out';
    default:
      return 'make it writable, or choose another folder with --out';
  }
}
