import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** The Python with the packages of examples/analysis/requirements.txt, as `.ci/run` installs them outside of the repository. */
const PYTHON = process.env['VAE_SWEEP_PYTHON'];

/** Why a test of it skips; false where it need not. */
export const noPython: string | false =
  PYTHON === undefined ? 'VAE_SWEEP_PYTHON names no Python with examples/analysis/requirements.txt' : false;

/** Lets commands find it as `python3`. @returns whether there is one */
export function usePython(): boolean {
  if (PYTHON === undefined) return false;
  process.env['PATH'] = `${path.dirname(PYTHON)}${path.delimiter}${process.env['PATH'] ?? ''}`;
  return true;
}

/** @returns what it printed; an error that has what it said instead */
export function python(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(PYTHON ?? '', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`python ${args.join(' ')}: exit code ${String(status)}\n${stderr}`);
  return stdout;
}
