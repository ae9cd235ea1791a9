import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { skipWithout } from '../required-tool.js';

/** Path of a Python with the packages of examples/analysis/requirements.txt, which `.ci/run` installs outside of the repository. */
const PYTHON = process.env['VAE_SWEEP_PYTHON'];

/** Reason to skip tests that need this Python, or false. */
export const noPython = skipWithout(
  PYTHON === undefined
    ? 'VAE_SWEEP_PYTHON is not set to a Python with examples/analysis/requirements.txt'
    : false,
);

/** Puts this Python on the PATH as `python3`. @returns whether there is one */
export function usePython(): boolean {
  if (PYTHON === undefined) return false;
  process.env['PATH'] = `${path.dirname(PYTHON)}${path.delimiter}${process.env['PATH'] ?? ''}`;
  return true;
}

/** Runs Python. @returns its standard output @throws an Error with its standard error if it fails */
export function python(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(PYTHON ?? '', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`python ${args.join(' ')}: exit code ${String(status)}\n${stderr}`);
  return stdout;
}
