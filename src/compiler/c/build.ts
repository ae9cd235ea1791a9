import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { cpuFeatures } from '../native/cpu.js';

/** A generated program that Node has loaded. */
export interface NativeModule {
  run(workspace: ArrayBuffer, count: number): void;
  /** Bytes before the workspace's first cell. */
  padding(workspace: ArrayBuffer): number;
}

const require = createRequire(import.meta.url);

/**
 * Exact: sums keep their order, products and sums are not contracted. The other freedoms change no bits: `errno`, the floating-point
 * traps and how types may overlap.
 */
const FLAGS = [
  ...[
    '-x',
    'c++',
    '-O3',
    '-march=native',
    '-fno-tree-slp-vectorize',
    '-fno-exceptions',
    '-shared',
    '-fPIC',
    '-w',
  ],
  ...['-ffp-contract=off', '-fno-math-errno', '-fno-trapping-math', '-fno-strict-aliasing', '-fwrapv'],
];

/** Compiled programs that the cache keeps, of some 50 kB each. */
const MAX_CACHED = 256;
/** After this, what a compilation has left was left by one that was killed. */
const ABANDONED_MS = 3_600_000;

/**
 * Compiles a generated program with the machine's g++, which the set-up needs as well, and loads it. What was compiled before, for this
 * kind of CPU, is loaded from the user's cache.
 */
export function buildModule(source: string): NativeModule {
  const target = targetOf(source);
  const cached = loadCached(target.path);
  if (cached !== null) return cached;
  const work = prepareWork(target);
  try {
    runCompiler(target.compiler, work.parameters);
    work.keep();
  } finally {
    work.remove();
  }
  const module = require(target.path) as NativeModule;
  prune(target.folder);
  return module;
}

/** Compiles a program into the cache while this thread does other things. That it fails is for `buildModule` to say. */
export async function buildAhead(source: string): Promise<void> {
  const target = targetOf(source);
  if (existsSync(target.path)) return;
  const work = prepareWork(target);
  try {
    await promisify(execFile)(target.compiler, work.parameters);
    work.keep();
  } catch {
    // `buildModule` comes to the same.
  } finally {
    work.remove();
  }
}

/** What a program is compiled with, and where its machine code is kept. */
interface Target {
  readonly source: string;
  readonly compiler: string;
  readonly folder: string;
  readonly path: string;
}

function targetOf(source: string): Target {
  const compiler = process.env['CXX'] ?? 'g++';
  const name = createHash('sha256')
    .update([source, compiler, compilerVersion(compiler), cpuFeatures(), ...FLAGS].join('\0'))
    .digest('hex')
    .slice(0, 32);
  const folder = join(cacheHome(), 'tfjs-loop-compiler');
  return { source, compiler, folder, path: join(folder, `${name}.node`) };
}

let knownVersion: { readonly compiler: string; readonly version: string } | undefined;

/** Asked for once a thread. */
function compilerVersion(compiler: string): string {
  if (knownVersion?.compiler !== compiler)
    knownVersion = { compiler, version: runCompiler(compiler, ['-dumpfullversion', '-dumpversion']).trim() };
  return knownVersion.version;
}

/** Null if it is not there, or is not whole: a machine may go down before the disk has all of it. */
function loadCached(path: string): NativeModule | null {
  if (!existsSync(path)) return null;
  try {
    const module = require(path) as NativeModule;
    utimesSync(path, new Date(), new Date());
    return module;
  } catch {
    rmSync(path, { force: true });
    return null;
  }
}

/** A folder of its own, and a result that is renamed when it is whole, so that other processes see all of it or nothing. */
function prepareWork({ source, folder, path }: Target) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const work = mkdtempSync(join(folder, 'partial-'));
  const input = join(work, 'program.cc');
  const output = join(work, 'program.node');
  writeFileSync(input, source);
  const nodeHeaders = join(dirname(require.resolve('node-api-headers/package.json')), 'include');
  return {
    parameters: [...FLAGS, `-I${nodeHeaders}`, '-o', output, input],
    keep: () => {
      renameSync(output, path);
    },
    remove: () => {
      rmSync(work, { recursive: true, force: true });
    },
  };
}

/** Keeps the programs that were used last. Those that are loaded stay usable without their files. */
function prune(folder: string): void {
  const entries = readdirSync(folder).flatMap((name) => {
    const status = statSync(join(folder, name), { throwIfNoEntry: false });
    return status
      ? [{ path: join(folder, name), isPartial: status.isDirectory(), usedMs: status.mtimeMs }]
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
      `The C++ compiler ${compiler} can't be used: ${detail || String(error)}\n` +
        'Install g++ (`sudo apt-get install g++`), name another compiler in the environment variable CXX, or use the engine xla.',
      { cause: error },
    );
  }
}

/** Returns the user's cache folder. The XDG specification says to ignore a relative path. */
function cacheHome(): string {
  const { XDG_CACHE_HOME = '' } = process.env;
  return isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache');
}
