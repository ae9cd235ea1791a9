import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../bench/fma_loop.c', import.meta.url));

/**
 * Compiles the loop of multiply-adds with the compiler of the C engine.
 * @returns a function that runs it on a number of threads at once and returns their throughput together, in GFLOP/s
 */
export function compileFmaLoop(folder: string): (threads: number) => number {
  const program = path.join(folder, 'fma_loop');
  const flags = ['-x', 'c++', '-O3', '-march=native', '-pthread', SOURCE, '-o', program];
  execFileSync(process.env['CXX'] ?? 'g++', flags, { stdio: ['ignore', 'ignore', 'inherit'] });
  return (threads) => Number(execFileSync(program, [String(threads)], { encoding: 'utf8' }));
}
