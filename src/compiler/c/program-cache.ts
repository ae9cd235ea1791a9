import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  futimesSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  type Stats,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { EXIT, UserError } from '../../errors.js';

/** A generated program that Node has loaded. */
export interface NativeModule {
  run(workspace: ArrayBuffer, count: number): void;
  /** Returns the number of bytes before the first cell of the workspace. */
  padding(workspace: ArrayBuffer): number;
}

/** Length in bytes of the SHA-256 at the end of each program. The dynamic linker ignores what follows the sections of a file. */
const SEAL_LENGTH = 32;
/** Bits of a file's mode that let its group or everybody write. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Loads a program from the cache. Returns null if it must be compiled: it is missing, its SHA-256 differs, or the dynamic linker rejects
 * it, for example because it was built on another system.
 * @throws UserError if another user could have written it
 */
export function findProgram(path: string): NativeModule | null {
  try {
    return loadProgram(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    return null;
  }
}

/**
 * Checks a program of the cache and loads it. A program executes with the rights of its user, so one that another user could have
 * written is refused. The folder stays open in between, and only this user can write to it, so the program that is loaded is the one
 * that was checked.
 * @throws UserError if another user could have written to the folder or the program, or an Error if the program is missing or damaged
 */
export function loadProgram(path: string): NativeModule {
  const folder = openFolder(dirname(path));
  try {
    return loadFrom(`/proc/self/fd/${String(folder)}/${basename(path)}`, path);
  } finally {
    closeSync(folder);
  }
}

/** Appends the SHA-256 that `loadProgram` checks to a compiled program, and makes it accessible to its user only. */
export function sealProgram(file: string, path: string): void {
  appendFileSync(file, seal(path, readFileSync(file)));
  chmodSync(file, 0o700);
}

/** Returns whether the bytes of a program end with the SHA-256 of the rest and of its name, which is a hash of its source. */
export function isSealed(path: string, bytes: Buffer): boolean {
  const end = bytes.length - SEAL_LENGTH;
  return end > 0 && seal(path, bytes.subarray(0, end)).equals(bytes.subarray(end));
}

function seal(path: string, program: Buffer): Buffer {
  return createHash('sha256').update(basename(path)).update('\0').update(program).digest();
}

function loadFrom(file: string, path: string): NativeModule {
  const program = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    if (!isSealed(path, readFileSync(program))) throw new Error(`The SHA-256 of ${path} does not match.`);
    assertOnlyOurs(fstatSync(program), path, `Delete it: rm '${path}'`);
    const module = { exports: {} };
    process.dlopen(module, file);
    markUsed(program);
    return module.exports as NativeModule;
  } finally {
    closeSync(program);
  }
}

/** Sets the time by which the least recently used programs are deleted. A cache that can't be written can still be read. */
function markUsed(program: number): void {
  try {
    futimesSync(program, new Date(), new Date());
  } catch {
    // For example, the file system is read-only.
  }
}

/** Returns the text of a file of the cache. @throws an Error if it is not a regular file of up to `maxBytes` */
export function readSmallFile(path: string, maxBytes: number): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = fstatSync(file);
    if (!status.isFile() || status.size > maxBytes) throw new Error(`${path} is not a small file.`);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/**
 * Opens the folder of the cache, which it creates for this user only if it is missing. The caller closes it.
 * @throws UserError if another user could write to it
 */
export function openFolder(path: string): number {
  makeFolder(path);
  const remedy = `Delete it: rm -r '${path}'`;
  // A folder of another user may not be readable: this gives a better error than opening it.
  assertOnlyOurs(statSync(path), path, remedy);
  const folder = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    assertOnlyOurs(fstatSync(folder), path, remedy);
    return folder;
  } catch (error) {
    closeSync(folder);
    throw error;
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `The folder of compiled programs can't be created: ${why}. Set XDG_CACHE_HOME to a folder that you can write to.`,
      EXIT.failure,
      { cause: error },
    );
  }
}

function assertOnlyOurs({ uid, mode }: Stats, path: string, remedy: string): void {
  const own = process.geteuid?.();
  const who =
    uid !== own
      ? `it belongs to user ${String(uid)}, and this process runs as user ${String(own)}`
      : (mode & WRITABLE_BY_OTHERS) !== 0
        ? `its mode ${(mode & 0o777).toString(8)} lets others write to it`
        : null;
  if (who !== null)
    throw new UserError(
      `Refused to load compiled programs from ${path}: ${who}. Others could have put code there that would run with your rights. ` +
        `${remedy}, or set XDG_CACHE_HOME to a folder of your own.`,
      EXIT.failure,
    );
}
