import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readLogs, runSweep } from 'vae-sweep';

const SWEEP = { name: 'test', experiment: 'mlp-classifier', settings: { steps: 1_000, seed: 1 } };

test('training separates the classes', async () => {
  const out = mkdtempSync(path.join(tmpdir(), 'classifier-'));
  const options = { out, plugins: [fileURLToPath(new URL('experiment.mjs', import.meta.url))] };
  await runSweep(SWEEP, options);
  for await (const task of readLogs(SWEEP, options)) {
    const accuracy = task.evaluations().getChild('accuracy').toArray();
    assert.ok(accuracy.at(-1) > 0.85, `the accuracy is ${accuracy.at(-1)}`);
  }
  rmSync(out, { recursive: true });
});
