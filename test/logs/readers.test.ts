import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import pl from 'nodejs-polars';
import { shortSettings, temporaryFolder, trainHere } from '../training/harness.js';

describe('polars, a reader that shares no code with ours,', () => {
  const folder = temporaryFolder();
  after(folder.remove);
  trainHere(folder.path, shortSettings);
  const read = (name: string) => pl.readIPC(readFileSync(path.join(folder.path, name)));

  it('reads every step', () => {
    const steps = read('steps.arrow');
    assert.deepEqual(steps.columns, [
      'step',
      'loss',
      'reconstruction',
      'kl',
      'squaredError',
      'decoderLogVariance',
    ]);
    assert.deepEqual(
      steps.getColumn('step').toArray(),
      Array.from({ length: shortSettings.steps }, (_, index) => index + 1),
    );
  });

  it('reads every evaluation, its lists and its nulls', () => {
    const evaluations = read('evaluations.arrow');
    assert.deepEqual(evaluations.getColumn('step').toArray(), [0, 700, 1400, 2100, 2300]);
    const [variances] = evaluations.getColumn('encoderVariance').toArray() as unknown as ArrayLike<number>[];
    assert.equal(variances?.length, shortSettings.latentDim);
    assert.equal(evaluations.getColumn('manifoldError').nullCount(), 5);
  });

  it('reads the generated points', () => {
    const { height, width } = read('samples.arrow');
    assert.deepEqual({ height, width }, { height: 50, width: 4 });
  });
});
