import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import type { TrainingSettings } from '../../../../src/experiments/vae/settings/task.js';
import {
  hashes,
  shortSettings,
  stoppingClock,
  temporaryFolder,
  trainHere,
  trainWithStops,
} from './harness.js';

describe('an interrupted task', () => {
  const whole = temporaryFolder();
  after(whole.remove);
  trainHere(whole.path, shortSettings);
  const expected = hashes(whole.path);

  it('gives the same bytes after a stop in every chunk', () => {
    const folder = temporaryFolder();
    const stops = trainWithStops(folder.path, shortSettings);
    assert.ok(stops > 3, `stopped ${String(stops)} times`);
    assert.deepEqual(hashes(folder.path), expected);
    assert.equal(existsSync(path.join(folder.path, 'checkpoint.safetensors')), false);
    folder.remove();
  });

  it('gives the same bytes after a stop before the first step', () => {
    const folder = temporaryFolder();
    const stop = new Int32Array(new SharedArrayBuffer(8));
    stop[0] = 1;
    assert.deepEqual(trainHere(folder.path, shortSettings, { stop }), {
      type: 'stopped',
      fromStep: 0,
      recovered: null,
      step: 0,
    });
    assert.equal(trainHere(folder.path, shortSettings).type, 'done');
    assert.deepEqual(hashes(folder.path), expected);
    folder.remove();
  });

  it('gives the same bytes if the rows after the checkpoint are lost, torn or complete', () => {
    const folder = temporaryFolder();
    const stop = new Int32Array(new SharedArrayBuffer(8));
    trainHere(folder.path, shortSettings, { stop, clock: stoppingClock(stop, 6), checkpointEveryMs: 0 });
    const crashed = temporaryFolder();
    cpSync(folder.path, crashed.path, { recursive: true });
    appendFileSync(path.join(crashed.path, 'steps.arrows'), Buffer.alloc(333, 7));
    appendFileSync(path.join(crashed.path, 'evaluations.arrows'), Buffer.alloc(5, 7));
    assert.equal(trainHere(crashed.path, shortSettings).type, 'done');
    assert.deepEqual(hashes(crashed.path), expected);
    folder.remove();
    crashed.remove();
  });

  it('rejects a checkpoint with a flipped bit, and a file that is not a checkpoint', () => {
    const folder = temporaryFolder();
    const stop = new Int32Array(new SharedArrayBuffer(8));
    trainHere(folder.path, shortSettings, { stop, clock: stoppingClock(stop, 6) });
    const file = path.join(folder.path, 'checkpoint.safetensors');
    flipBit(file, -9);
    assert.throws(() => trainHere(folder.path, shortSettings), {
      name: 'CorruptTaskError',
      message: `${file} is not a valid checkpoint of task 0123456789abcdef`,
    });
    writeFileSync(file, 'something else');
    assert.throws(() => trainHere(folder.path, shortSettings), {
      name: 'CorruptTaskError',
      message: `${file} is not a safetensors file`,
    });
    folder.remove();
  });

  it('resumes from the previous checkpoint, with the same bytes, when the latest one is corrupt', () => {
    const folder = temporaryFolder();
    const stop = new Int32Array(new SharedArrayBuffer(8));
    trainHere(folder.path, shortSettings, { stop, clock: stoppingClock(stop, 9), checkpointEveryMs: 0 });
    flipBit(path.join(folder.path, 'checkpoint.safetensors'), -9);
    const outcome = trainHere(folder.path, shortSettings);
    assert.ok(outcome.type === 'done');
    assert.match(
      outcome.recovered ?? '',
      /is not a valid checkpoint of task 0123456789abcdef; resumed from the previous checkpoint at step \d+$/,
    );
    assert.deepEqual(hashes(folder.path), expected);
    folder.remove();
  });

  it('rejects a log that does not match its checkpoints', () => {
    for (const log of ['steps.arrows', 'evaluations.arrows']) {
      const folder = temporaryFolder();
      const stop = new Int32Array(new SharedArrayBuffer(8));
      trainHere(folder.path, shortSettings, { stop, clock: stoppingClock(stop, 9), checkpointEveryMs: 0 });
      const file = path.join(folder.path, log);
      flipBit(file, 20);
      const problem = `${file} does not match its SHA-256 in the checkpoint`;
      assert.throws(() => trainHere(folder.path, shortSettings), {
        name: 'CorruptTaskError',
        message: `${problem}; ${problem}`,
      });
      folder.remove();
    }
  });

  it('gives the same bytes when it continues from a finished task with fewer steps', () => {
    const shorter = temporaryFolder();
    trainHere(shorter.path, { ...shortSettings, steps: 1500 });
    const folder = temporaryFolder();
    const predecessor = { id: '0123456789abcdef', folder: shorter.path, steps: 1500 };
    const outcome = trainHere(folder.path, shortSettings, { predecessor });
    assert.ok(outcome.type === 'done' && outcome.fromStep === 1500);
    assert.deepEqual(hashes(folder.path), expected);
    folder.remove();
    shorter.remove();
  });

  it('starts from the first step if the finished task with fewer steps is corrupt', () => {
    const shorter = temporaryFolder();
    trainHere(shorter.path, { ...shortSettings, steps: 1500 });
    truncateSync(path.join(shorter.path, 'steps.arrow'), 100);
    const folder = temporaryFolder();
    const predecessor = { id: '0123456789abcdef', folder: shorter.path, steps: 1500 };
    const outcome = trainHere(folder.path, shortSettings, { predecessor });
    assert.ok(outcome.type === 'done' && outcome.fromStep === 0);
    assert.deepEqual(hashes(folder.path), expected);
    folder.remove();
    shorter.remove();
  });

  it('rejects a log that is shorter than recorded in its checkpoint', () => {
    const folder = temporaryFolder();
    const stop = new Int32Array(new SharedArrayBuffer(8));
    trainHere(folder.path, shortSettings, { stop, clock: stoppingClock(stop, 6) });
    const file = path.join(folder.path, 'steps.arrows');
    const bytes = statSync(file).size;
    truncateSync(file, bytes - 1);
    assert.throws(() => trainHere(folder.path, shortSettings), {
      name: 'CorruptTaskError',
      message: `${file} has ${bytes - 1} bytes, fewer than the ${bytes} in its checkpoint`,
    });
    folder.remove();
  });
});

describe('an interrupted task with another decoder variance', () => {
  const nonlinear = { ...shortSettings, ambientDim: 5, initialDecoderLogVariance: -3 } as const;
  const annealed = { decoderLogVarianceThreshold: -2, finalDecoderLogVarianceThreshold: -8 } as const;
  const optimal = { decoderNoise: false, decoderVarianceMethod: 'optimal' } as const;
  const cases: Record<string, TrainingSettings> = {
    'linear, annealed bound': { ...shortSettings, ...annealed },
    'sigmoid, annealed bound, released streams': {
      ...nonlinear,
      ...annealed,
      experiment: 'sigmoid',
      randomStreams: 'released-code',
    },
    'sphere, optimal': { ...nonlinear, ...optimal, experiment: 'sphere', hiddenWidths: [8] },
    'sphere, optimal above an annealed bound, released streams': {
      ...nonlinear,
      ...optimal,
      ...annealed,
      experiment: 'sphere',
      hiddenWidths: [8],
      randomStreams: 'released-code',
    },
  };
  for (const [name, settings] of Object.entries(cases))
    it(`gives the same bytes after a stop in every chunk: ${name}`, () => {
      const [whole, stopped] = [temporaryFolder(), temporaryFolder()];
      trainHere(whole.path, settings);
      const stops = trainWithStops(stopped.path, settings);
      assert.ok(stops > 3, `stopped ${String(stops)} times`);
      assert.deepEqual(hashes(stopped.path), hashes(whole.path));
      whole.remove();
      stopped.remove();
    });
});

/** @param at position of the byte; negative positions count from the end */
function flipBit(file: string, at: number): void {
  const bytes = readFileSync(file);
  const position = at < 0 ? bytes.length + at : at;
  bytes[position] = (bytes[position] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}
