import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import pl from 'nodejs-polars';
import { shortSettings, temporaryFolder, trainHere } from '../experiments/vae/training/harness.js';

describe('polars, an independent reader,', () => {
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

  it('reads every evaluation, including lists and nulls', () => {
    const evaluations = read('evaluations.arrow');
    assert.deepEqual(evaluations.getColumn('step').toArray(), [0, 700, 1400, 2100, 2300]);
    const [variances] = evaluations.getColumn('encoderVariance').toArray() as unknown as ArrayLike<number>[];
    assert.equal(variances?.length, shortSettings.latentDim);
    assert.equal(evaluations.getColumn('manifoldError').nullCount(), 5);
  });

  it('reads the generated points and the real ones with zero padding', () => {
    const samples = read('samples.arrow');
    const coordinates = (prefix: string) => [1, 2, 3, 4].map((index) => `${prefix}${index}`);
    assert.deepEqual(samples.columns, [...coordinates('x'), ...coordinates('real')]);
    assert.equal(samples.height, 50);
    assert.deepEqual([...new Set([...samples.getColumn('real4').toArray()])], [0]);
    assert.ok(samples.getColumn('real1').toArray().every(Number.isFinite));
  });
});
