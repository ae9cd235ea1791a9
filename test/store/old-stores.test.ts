import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import '../../src/experiments/index.js';
import { readTraining } from '../report/read-training.js';
import { finalNumber } from '../../src/report/runs.js';
import { cpuFeatures } from '../../src/compiler/native/cpu.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/store/safetensors.js';
import { runCommand } from '../faults/command.js';
import { loadSweep } from '../../src/sweep/load.js';
import { readTaskStates } from '../../src/store/task-states.js';
import { taskFolder, TASK_FILES } from '../../src/store/task-folder.js';

/**
 * A store from before checkpoints had checksums of the logs and finished tasks had the optimizer's moments. It has a done, an
 * interrupted and a failed task. Commit cc3b440 wrote it from the `old.yaml` beside it: seed 2 by `vae-sweep run`, seed 3 by `train()`
 * with a stop request after some chunks, seed 4 by `markFailed`.
 */
const FIXTURE = path.join(import.meta.dirname, '../../../test/fixtures/stores/log-schema-2');

function copyOfStore(): string {
  const out = mkdtempSync(path.join(tmpdir(), 'vae-sweep-old-'));
  cpSync(FIXTURE, out, { recursive: true });
  return out;
}

function sweepOf(out: string) {
  return loadSweep(path.join(out, 'old.yaml'), { versions: { tensorflow: '2.21.0', numerics: 2 } });
}

test('states, logs and tables of a store of an earlier version can be read', () => {
  const out = copyOfStore();
  const sweep = sweepOf(out);
  const states = [...readTaskStates(out, sweep.tasks).values()];
  assert.deepEqual(
    states.map(({ state }) => state),
    ['done', 'interrupted', 'failed'],
  );
  const [part] = readTraining(sweep, out);
  assert.equal(part?.runs.length, 1);
  const [run] = part.runs;
  assert.ok(run !== undefined && Number.isFinite(finalNumber(run, 'loss')));
});

test('a sweep that was started with an earlier version is completed', async () => {
  const out = copyOfStore();
  const [, stopped] = sweepOf(out).tasks;
  assert.ok(stopped !== undefined);
  pretendThisCpu(path.join(taskFolder(out, stopped), TASK_FILES.checkpoint));
  const { code, stderr } = await runCommand(['run', path.join(out, 'old.yaml'), '--out', out]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^3 tasks: 1 done, 1 interrupted.*, 1 failed/);
  assert.match(stderr, /done: linear-2-4-3-seed3-[0-9a-f]{16}, 2,000 steps/);
});

test('the command names a task with a corrupt checkpoint, and fails', async () => {
  const out = copyOfStore();
  const [, stopped] = sweepOf(out).tasks;
  assert.ok(stopped !== undefined);
  const checkpoint = path.join(taskFolder(out, stopped), TASK_FILES.checkpoint);
  const bytes = readFileSync(checkpoint);
  bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
  writeFileSync(checkpoint, bytes);
  const { code, stdout } = await runCommand(['run', path.join(out, 'old.yaml'), '--out', out]);
  assert.equal(code, 1);
  assert.ok(
    stdout.includes(`Corrupt, not executed (1):\n  ${stopped.name}: ${checkpoint} is not a valid`),
    stdout,
  );
});

/** Makes the checkpoint name this machine's CPU, because the fixture was written on another machine. */
function pretendThisCpu(file: string): void {
  const { metadata, tensors } = decodeSafetensors(readFileSync(file));
  writeFileSync(file, encodeSafetensors({ ...metadata, cpu: cpuFeatures() }, [...tensors.values()]));
}
