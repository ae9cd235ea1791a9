import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import timers from 'node:timers/promises';
import { anySignal } from './any-signal.js';
import { ROOT } from './disk.js';
import { FakeFileHandle, FakeReadStream } from './file-streams.js';
import { SimulatedFileSystem } from './file-system.js';
import { forkHost } from './host.js';
import type { SimulatedProcess } from './process.js';
import { readKernelFile } from './kernel-files.js';
import { simulatedDelays, simulatedGlobals } from './timers.js';
import { currentProcess } from './world.js';

type Function = (...args: unknown[]) => unknown;

const real = { fs: { ...fs }, pid: process.pid, readlink: fs.readlinkSync };

function callingProcess(): SimulatedProcess {
  const process = currentProcess();
  if (process === undefined) throw new Error('Code outside of the simulation used a simulated file.');
  return process;
}

const fileSystem = new SimulatedFileSystem(callingProcess);

/** Forgets what an earlier simulation left behind. */
export function resetSurroundings(): void {
  fileSystem.reset();
}

/**
 * Replaces what this program reaches its surroundings by: files, timers, clocks, process ids, random ids, host names and child processes.
 * Simulated processes get simulated ones, everything else keeps the real ones. There is no way back, so this belongs in a process of
 * its own.
 */
export function replaceSurroundings(): void {
  for (const [name, simulated] of Object.entries(fileSystem.functions))
    Object.assign(fs, { [name]: dispatch(name as keyof typeof fs, simulated as Function) });
  Object.assign(fs, { readlinkSync: readLink });
  replaceStreams();
  Object.assign(os, {
    hostname: replaced(os.hostname, ({ machine }) => machine.name),
    cpus: replaced(os.cpus, () => []),
    availableParallelism: replaced(os.availableParallelism, () => 1),
  });
  Object.assign(crypto, { randomUUID: replaced(crypto.randomUUID as () => string, randomId) });
  const { fork } = childProcess;
  Object.assign(childProcess, {
    fork: (...args: Parameters<typeof fork>) => {
      const process = currentProcess();
      return process === undefined ? fork(...args) : forkHost(process);
    },
  });
  Object.assign(timers, simulatedDelays({ ...timers }));
  syncBuiltinESMExports();
  const realNow = performance.now.bind(performance);
  performance.now = () => currentProcess()?.machine.monotonicMs ?? realNow();
  process.argv.splice(1, Infinity, 'vae-sweep', 'run', 'simulated.yaml');
  Object.defineProperty(process, 'pid', { get: () => currentProcess()?.pid ?? real.pid });
  Object.assign(globalThis, simulatedGlobals({ ...globalThis, Date, setTimeout, setInterval, setImmediate }));
  Object.assign(AbortSignal, { any: anySignal });
}

/** Returns a function of `node:fs` that is simulated for simulated files and descriptors. */
function dispatch(name: keyof typeof fs, simulated: Function): Function {
  const call = real.fs[name] as Function;
  return (...args) => {
    const [first] = args;
    if (typeof first === 'number' ? SimulatedFileSystem.owns(first) : isSimulated(first))
      return simulated(...args);
    const process = currentProcess();
    const text =
      name === 'readFileSync' && process !== undefined ? readKernelFile(process, String(first)) : null;
    return text ?? call(...args);
  };
}

function replaceStreams(): void {
  const { createReadStream } = fs;
  const { open } = fsPromises;
  Object.assign(fs, {
    createReadStream: (file: string, ...rest: unknown[]): unknown =>
      isSimulated(file) ? new FakeReadStream(file) : (createReadStream as Function)(file, ...rest),
  });
  Object.assign(fsPromises, {
    // eslint-disable-next-line @typescript-eslint/require-await -- Errors of the simulated disk must be rejections.
    open: async (file: string, flags: string, ...rest: unknown[]): Promise<unknown> =>
      isSimulated(file) ? new FakeFileHandle(file, flags) : (open as Function)(file, flags, ...rest),
  });
}

function isSimulated(file: unknown): boolean {
  return typeof file === 'string' && file.startsWith(ROOT);
}

function replaced<T>(call: () => T, simulated: (process: SimulatedProcess) => T): () => T {
  return () => {
    const process = currentProcess();
    return process === undefined ? call() : simulated(process);
  };
}

/** All simulated processes share a PID namespace with those of their machine. */
function readLink(file: fs.PathLike, ...rest: unknown[]): unknown {
  const process = currentProcess();
  if (process !== undefined && String(file) === '/proc/self/ns/pid') return `pid:[${process.machine.name}]`;
  return (real.readlink as Function)(file, ...rest);
}

function randomId({ world }: SimulatedProcess): string {
  const digits = (): string =>
    Math.floor(world.random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return `${digits()}-${digits()}`;
}
