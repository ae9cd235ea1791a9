import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { resultHashes, runCommand, startCommand } from './command.js';

const SWEEP = {
  experiment: 'linear',
  grid: { dimensions: [[2, 4, 3]], seed: [2, 3, 4] },
  settings: { steps: 30_000, batchSize: 10, evaluateEverySteps: 10_000, evaluationPoints: 20 },
};

test('a wall clock that jumps by a day at every reading changes no result', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-clock-'));
  const sweep = path.join(folder, 'sweep.yaml');
  writeFileSync(sweep, JSON.stringify(SWEEP));
  const args = (out: string) => ['run', sweep, '--out', path.join(folder, out), '--checkpoint-every', '0.1'];
  const steady = await runCommand(args('steady'));
  const clock = new URL('./jumping-clock.js', import.meta.url).href;
  const jumping = await startCommand(args('jumping'), { NODE_OPTIONS: `--import=${clock}` }).ended;
  assert.equal(jumping.code, 0, jumping.stderr);
  assert.equal(jumping.stdout.split('Arrow logs')[0], steady.stdout.split('Arrow logs')[0]);
  assert.deepEqual(resultHashes(path.join(folder, 'jumping')), resultHashes(path.join(folder, 'steady')));
  const times = readFileSync(path.join(folder, 'jumping', 'sweeps', 'sweep', 'log.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { time: number }).time);
  assert.ok(Math.max(...times) - Math.min(...times) > 86_400_000, 'the clock did not jump');
});
