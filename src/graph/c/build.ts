import { execFileSync } from 'node:child_process';
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
import { cpuFeatures } from '../../native/cpu.js';

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

/** Compiled programs that the cache keeps: a paper has some fifty shapes, of some 50 kB each. */
const MAX_CACHED = 256;
/** After this, what a compilation has left was left by one that was killed. */
const ABANDONED_MS = 3_600_000;

/**
 * Compiles a generated program with the machine's g++, which the set-up needs as well, and loads it. What was compiled before, for this
 * kind of CPU, is loaded from the user's cache.
 */
export function buildModule(source: string): NativeModule {
  const compiler = process.env['CXX'] ?? 'g++';
  const version = compilerOutput(compiler, ['-dumpfullversion', '-dumpversion']).trim();
  const name = createHash('sha256')
    .update([source, compiler, version, cpuFeatures(), ...FLAGS].join('\0'))
    .digest('hex')
    .slice(0, 32);
  const folder = join(cacheHome(), 'vae-sweep', 'programs');
  const path = join(folder, `${name}.node`);
  return loadCached(path) ?? compile(compiler, source, folder, path);
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

/** Works in a folder of its own and renames the result, so that other processes see all of it or nothing. */
function compile(compiler: string, source: string, folder: string, path: string): NativeModule {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const work = mkdtempSync(join(folder, 'partial-'));
  try {
    writeFileSync(join(work, 'program.cc'), source);
    const output = join(work, 'program.node');
    const nodeHeaders = join(dirname(require.resolve('node-api-headers/package.json')), 'include');
    compilerOutput(compiler, [...FLAGS, `-I${nodeHeaders}`, '-o', output, join(work, 'program.cc')]);
    renameSync(output, path);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const module = require(path) as NativeModule;
  prune(folder);
  return module;
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

function compilerOutput(compiler: string, parameters: readonly string[]): string {
  try {
    return execFileSync(compiler, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const detail = (error as { stderr?: string }).stderr?.slice(0, 2000) ?? String(error);
    throw new Error(
      `The C++ compiler ${compiler} can't be used: ${detail || String(error)}\n` +
        'To mend it: `sudo apt-get install g++`, or name another in CXX, or train with `--set engine=compiled`.',
      { cause: error },
    );
  }
}

/** As the XDG specification has it: a relative path is to be ignored. */
function cacheHome(): string {
  const { XDG_CACHE_HOME = '' } = process.env;
  return isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache');
}
