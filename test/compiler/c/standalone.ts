import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NODE_HEADERS, PROGRAM_FLAGS } from '../../../src/compiler/c/build.js';
import type { LoopSource } from '../../../src/compiler/c/emit-loop.js';

/** A compiler, and the command that runs its programs here. */
export interface Target {
  readonly compiler: string;
  readonly flags: readonly string[];
  readonly emulator: readonly string[];
}

/**
 * Compiles a generated program to an executable instead of a Node module, and runs it.
 * @param workspace the cells before the first step
 * @returns the cells after `steps` steps
 */
export function runStandalone(
  { source }: LoopSource,
  workspace: Uint8Array,
  steps: number,
  { compiler, flags, emulator }: Target,
): Uint8Array {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-standalone-'));
  try {
    const [input, program] = [path.join(folder, 'program.cc'), path.join(folder, 'program')];
    writeFileSync(input, `${source}\n${mainFunction(workspace.length, steps)}`);
    // The functions of Node that the module's entry point names are never called.
    const linker = ['-static', '-Wl,--unresolved-symbols=ignore-all'];
    run(compiler, [...PROGRAM_FLAGS, ...flags, `-I${NODE_HEADERS}`, ...linker, '-o', program, input]);
    const [command, ...rest] = [...emulator, program];
    return run(command, rest, workspace);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function mainFunction(bytes: number, steps: number): string {
  return `
#include <stdio.h>
int main() {
  static float w[${bytes / 4}] __attribute__((aligned(64)));
  if (fread(w, 1, ${bytes}, stdin) != ${bytes}) return 1;
  run(w, ${steps});
  return fwrite(w, 1, ${bytes}, stdout) != ${bytes};
}`;
}

function run(command: string, parameters: readonly string[], input?: Uint8Array): Uint8Array {
  const { status, signal, stdout, stderr, error } = spawnSync(command, parameters, {
    input,
    timeout: 120_000,
    maxBuffer: 2 ** 28,
  });
  if (status !== 0)
    throw new Error(`${command} ended with ${String(error ?? signal ?? status)}\n${String(stderr)}`);
  return new Uint8Array(stdout);
}
