import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { vaeSweep } from '../cli/command.js';

/** A sweep file and a store with its finished tasks. */
export interface TrainedSweep {
  readonly folder: string;
  readonly file: string;
  readonly out: string;
}

/** Runs a small sweep like a user. @param files the sweep files, of which the first is run */
export function trainSweep(files: Readonly<Record<string, string>>): TrainedSweep {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-export-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const file = path.join(folder, Object.keys(files)[0] ?? '');
  const out = path.join(folder, 'out');
  const { status, stderr } = vaeSweep('run', file, '--out', out);
  assert.equal(status, 0, stderr);
  return { folder, file, out };
}
