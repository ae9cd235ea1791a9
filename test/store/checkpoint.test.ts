import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { CorruptTaskError } from '../../src/errors.js';
import {
  CHECKPOINT_FILES,
  openNewestCheckpoint,
  readCheckpoint,
  readProgress,
  restorePreviousCheckpoint,
  writeCheckpoint,
  type Checkpoint,
} from '../../src/store/checkpoint.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/store/safetensors.js';

const ID = '0123456789abcdef';
let folder: string;
let latest: string;
let previous: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-checkpoint-'));
  [latest, previous] = CHECKPOINT_FILES.map((name) => path.join(folder, name)) as [string, string];
});

function checkpointAt(step: number): Checkpoint {
  return {
    step,
    cpu: 'avx2 fma',
    state: new Map([
      ['parameters', Float32Array.of(1, -2.5, step)],
      ['firstMoment', Float32Array.of(0, 0.125, 3)],
    ]),
    stepLog: {
      stream: { bytes: 1776, sha256: 'a'.repeat(64) },
      pendingSteps: Int32Array.of(step - 1, step),
      pendingRows: Float32Array.of(1, 2, 3, 4),
    },
    evaluationLog: { bytes: 640, sha256: null },
  };
}

describe('a checkpoint', () => {
  test('has the same bytes as in earlier versions, so that other versions can resume from it', () => {
    writeCheckpoint(folder, ID, checkpointAt(7));
    assert.equal(
      createHash('sha256').update(readFileSync(latest)).digest('hex'),
      '21068d1f636c55b73f9ece3d0dcfbd2a15f8c35a4ecd84b267c0c5c7da599dfe',
    );
  });

  test('reads back as it was written, and the previous one is kept', () => {
    for (const step of [7, 9, 12]) writeCheckpoint(folder, ID, checkpointAt(step));
    assert.deepEqual(readdirSync(folder).sort(), [...CHECKPOINT_FILES].sort());
    assert.deepEqual(readCheckpoint(latest, ID), checkpointAt(12));
    assert.equal(readCheckpoint(previous, ID)?.step, 9);
    assert.deepEqual(readProgress(folder), { step: 12, problem: null });
  });

  test('of a version without checksums of the logs can be read', () => {
    writeCheckpoint(folder, ID, checkpointAt(7));
    const { metadata, tensors } = decodeSafetensors(readFileSync(latest));
    const hash = createHash('sha256');
    for (const { name, values } of tensors.values()) hash.update(name).update(Buffer.from(values.buffer));
    const known = Object.entries(metadata).filter(([key]) => !key.endsWith('LogSha256'));
    const old = encodeSafetensors({ ...Object.fromEntries(known), sha256: hash.digest('hex') }, [
      ...tensors.values(),
    ]);
    writeFileSync(latest, old);
    assert.deepEqual(readCheckpoint(latest, ID)?.stepLog.stream, { bytes: 1776, sha256: null });
  });

  test('of another task is rejected', () => {
    writeCheckpoint(folder, ID, checkpointAt(7));
    assert.throws(() => readCheckpoint(latest, 'f'.repeat(16)), CorruptTaskError);
  });
});

describe('the newest intact checkpoint', () => {
  const open = () => openNewestCheckpoint(folder, ID, ({ step }, file) => [step, file]);

  test('is the latest, the previous one if the latest is corrupt, or null if there is none', () => {
    assert.equal(open(), null);
    for (const step of [7, 9]) writeCheckpoint(folder, ID, checkpointAt(step));
    assert.deepEqual(open(), { value: [9, latest], problem: null });
    writeFileSync(latest, 'torn');
    const problem = `${latest} is not a safetensors file`;
    assert.deepEqual(open(), { value: [7, previous], problem });
    assert.deepEqual(readProgress(folder), { step: 7, problem: null });
    writeFileSync(previous, 'torn');
    const message = `${problem}; ${previous} is not a safetensors file`;
    assert.throws(open, { name: 'CorruptTaskError', message });
    assert.deepEqual(readProgress(folder), {
      step: null,
      problem: 'checkpoint is corrupt (truncated at 4 bytes)',
    });
  });

  test('is the previous one if opening the latest throws a CorruptTaskError, but no other error', () => {
    for (const step of [7, 9]) writeCheckpoint(folder, ID, checkpointAt(step));
    const refusing = (error: Error) => () =>
      openNewestCheckpoint(folder, ID, ({ step }) => {
        if (step === 9) throw error;
        return step;
      });
    assert.deepEqual(refusing(new CorruptTaskError('its log is short'))(), {
      value: 7,
      problem: 'its log is short',
    });
    assert.throws(refusing(new Error('another CPU')), { message: 'another CPU' });
  });

  test('can replace a corrupt latest one, so that the next checkpoint does not keep that', () => {
    for (const step of [7, 9]) writeCheckpoint(folder, ID, checkpointAt(step));
    writeFileSync(latest, 'torn');
    restorePreviousCheckpoint(folder);
    writeCheckpoint(folder, ID, checkpointAt(8));
    assert.equal(readCheckpoint(latest, ID)?.step, 8);
    assert.equal(readCheckpoint(previous, ID)?.step, 7);
  });
});
