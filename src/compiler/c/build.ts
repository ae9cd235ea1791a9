import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { cpuFeatures } from '../native/cpu.js';
import { findProgram, loadProgram, openFolder, sealProgram, type NativeModule } from './program-cache.js';

const require = createRequire(import.meta.url);

/**
 * Flags of any program. Results are exact: sums keep their order, and products and sums are not contracted. The other optimizations change
 * no bits; they concern `errno`, floating-point traps and type aliasing.
 */
export const PROGRAM_FLAGS: readonly string[] = [
  ...['-x', 'c++', '-O3', '-fno-tree-slp-vectorize', '-fno-exceptions', '-w'],
  ...['-ffp-contract=off', '-fno-math-errno', '-fno-trapping-math', '-fno-strict-aliasing', '-fwrapv'],
];
/** Flags of a Node module for this CPU. */
const FLAGS = [...PROGRAM_FLAGS, '-march=native', '-shared', '-fPIC'];
/** The folder of Node-API's headers, which programs include. */
export const NODE_HEADERS = join(dirname(require.resolve('node-api-headers/package.json')), 'include');

/** How the names of the temporary folders begin in which files are written before they are renamed into the cache. */
export const PARTIAL = 'partial-';
/** How the file names of compiled programs end. The plans of products are in the same folder. */
const PROGRAM = '.node';
/** Maximum number of compiled programs in the cache, of about 50 kB each. */
const MAX_CACHED = 256;
/** Age after which a partial compilation is considered abandoned by a killed process. */
const ABANDONED_MS = 3_600_000;

/**
 * Compiles a generated program with the machine's g++, which the setup needs as well, and loads it. A program that was compiled before
 * for this kind of CPU is loaded from the user's cache, unless its SHA-256 differs.
 * @throws an Error with the compiler's output if it is missing or fails, or a UserError if others could have written to the cache
 */
export function buildModule(source: string): NativeModule {
  const target = targetOf(source);
  const cached = findProgram(target.path);
  if (cached !== null) return cached;
  const work = prepareWork(target);
  try {
    runCompiler(target.compiler, work.parameters);
    work.keep();
  } finally {
    work.remove();
  }
  const module = loadProgram(target.path);
  prune(target.folder);
  return module;
}

/** Compiles a program into the cache in the background. Ignores failures, because `buildModule` reports them. */
export async function buildAhead(source: string): Promise<void> {
  const target = targetOf(source);
  if (existsSync(target.path)) return;
  let work: ReturnType<typeof prepareWork> | undefined;
  try {
    work = prepareWork(target);
    await promisify(execFile)(target.compiler, work.parameters);
    work.keep();
  } catch {
    // `buildModule` fails in the same way and reports it.
  } finally {
    work?.remove();
  }
}

/** A program to compile, its compiler, and the cache file of its machine code. */
interface Target {
  readonly source: string;
  readonly compiler: string;
  readonly folder: string;
  readonly path: string;
}

function targetOf(source: string): Target {
  const name = createHash('sha256')
    .update([source, compilerIdentity()].join('\0'))
    .digest('hex')
    .slice(0, 32);
  const folder = cacheFolder();
  return { source, compiler: compilerCommand(), folder, path: join(folder, `${name}${PROGRAM}`) };
}

/** Returns everything besides its source that decides a program's machine code. */
export function compilerIdentity(): string {
  const compiler = compilerCommand();
  return [compiler, compilerVersion(compiler), cpuFeatures(), ...FLAGS].join('\0');
}

function compilerCommand(): string {
  return process.env['CXX'] ?? 'g++';
}

/** Returns the folder of the user's cache in which compiled programs are stored. */
export function cacheFolder(): string {
  return join(cacheHome(), 'tfjs-loop-compiler');
}

let knownVersion: { readonly compiler: string; readonly version: string } | undefined;

/** Returns the compiler's version. Cached, so that each thread runs the compiler for it only once. */
function compilerVersion(compiler: string): string {
  if (knownVersion?.compiler !== compiler)
    knownVersion = { compiler, version: runCompiler(compiler, ['-dumpfullversion', '-dumpversion']).trim() };
  return knownVersion.version;
}

/** Prepares a compilation in a temporary folder. `keep` renames the result, so that other processes see a complete file or none. */
function prepareWork({ source, folder, path }: Target) {
  closeSync(openFolder(folder));
  const work = mkdtempSync(join(folder, PARTIAL));
  const input = join(work, 'program.cc');
  const output = join(work, 'program.node');
  writeFileSync(input, source);
  return {
    parameters: [...FLAGS, `-I${NODE_HEADERS}`, '-o', output, input],
    keep: () => {
      sealProgram(output, path);
      renameSync(output, path);
    },
    remove: () => {
      rmSync(work, { recursive: true, force: true });
    },
  };
}

/** Deletes abandoned compilations and the least recently used programs. Loaded programs stay usable without their files. */
function prune(folder: string): void {
  const entries = readdirSync(folder).flatMap((name) => {
    const status = statSync(join(folder, name), { throwIfNoEntry: false });
    const isPartial = status?.isDirectory() ?? false;
    return status !== undefined && (isPartial || name.endsWith(PROGRAM))
      ? [{ path: join(folder, name), isPartial, usedMs: status.mtimeMs }]
      : [];
  });
  const abandoned = entries.filter(
    ({ isPartial, usedMs }) => isPartial && usedMs < Date.now() - ABANDONED_MS,
  );
  const oldest = entries
    .filter(({ isPartial }) => !isPartial)
    .sort((a, b) => b.usedMs - a.usedMs)
    .slice(MAX_CACHED);
  for (const { path } of [...abandoned, ...oldest]) rmSync(path, { recursive: true, force: true });
}

function runCompiler(compiler: string, parameters: readonly string[]): string {
  try {
    return execFileSync(compiler, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const detail = (error as { stderr?: string }).stderr?.slice(0, 2000) ?? String(error);
    throw new Error(
      `The C++ compiler ${compiler} failed: ${detail || String(error)}\n` +
        'Install g++ (`sudo apt-get install g++`), set the environment variable CXX to another compiler, or use the engine xla.',
      { cause: error },
    );
  }
}

/** Returns the user's cache folder. The XDG specification says to ignore a relative path. */
function cacheHome(): string {
  const { XDG_CACHE_HOME = '' } = process.env;
  return isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache');
}
