import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('train.py', import.meta.url));
const SETTINGS = { epochs: 3000, learningRate: 0.1, examples: 200, seed: 1 };

/** Runs the script in a folder and returns its rows. If `stops` is set, asks the script to stop after its first output. */
async function train(folder, stops = false) {
  const settings = path.join(folder, 'settings.json');
  writeFileSync(settings, JSON.stringify(SETTINGS));
  const env = { ...process.env, VAE_SWEEP_SETTINGS: settings, VAE_SWEEP_FOLDER: folder };
  const child = spawn('python3', [SCRIPT], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  if (stops) child.stdout.once('data', () => child.kill('SIGTERM'));
  const lines = (await text(child.stdout)).trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

test('a script that is stopped and resumes writes the same rows as one that is not stopped', async () => {
  const [whole, stopped] = [1, 2].map(() => mkdtempSync(path.join(tmpdir(), 'regression-')));
  const expected = await train(whole);
  const before = await train(stopped, true);
  const after = await train(stopped);
  assert.equal(expected.length, SETTINGS.epochs);
  assert.ok(before.length < expected.length);
  assert.deepEqual([...before, ...after], expected);
  for (const folder of [whole, stopped]) rmSync(folder, { recursive: true });
});
