import '../native-environment.js';
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { TrainingSettings } from '../../src/experiments/vae/settings/task.js';
import { shortSettings, temporaryFolder, trainHere } from '../experiments/vae/training/harness.js';
import { FaultyDisk, type Operation } from './faulty-disk.js';
import { Ledger } from './ledger.js';
import { trainStandIn } from './stand-in-training.js';

const settings: TrainingSettings = { ...shortSettings, steps: 100, evaluateEverySteps: 40, engine: 'eager' };

/** Returns the disk operations of training with these settings, without the random part of temporary file names. */
function operationsOf(train: (folder: string) => void): string[] {
  const temporary = temporaryFolder();
  const disk = new FaultyDisk(temporary.path);
  try {
    mkdirSync(path.join(temporary.path, 'task'));
    train(path.join(temporary.path, 'task'));
  } finally {
    disk.remove();
    temporary.remove();
  }
  return disk.operations.map(
    ({ kind, file }: Operation) => `${kind} ${file.replace(/\.[\d-]+\.tmp$/, '.tmp')}`,
  );
}

test('the stand-in performs the same disk operations as training', () => {
  const trained = operationsOf((folder) => {
    trainHere(folder, settings, { checkpointEveryMs: 0 });
  });
  const stoodIn = operationsOf((folder) => {
    const task = {
      id: '0123456789abcdef',
      name: 'short',
      settings,
      versions: { tensorflow: '2.21.0', numerics: 1 },
    };
    const events = { ledger: new Ledger(), failsAt: () => false, isStopRequested: () => false };
    trainStandIn(task, folder, events);
  });
  assert.ok(trained.length > 50, `${trained.length} operations`);
  assert.deepEqual(stoodIn, trained);
});
