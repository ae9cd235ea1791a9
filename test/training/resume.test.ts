import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
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
import { frozenClock, shortSettings, temporaryFolder, trainHere } from './harness.js';

const RESULT_FILES = ['steps.arrow', 'evaluations.arrow', 'samples.arrow', 'parameters.safetensors'];

describe('a run that was interrupted', () => {
  const whole = temporaryFolder();
  after(whole.remove);
  trainHere(whole.path, shortSettings);
  const expected = hashes(whole.path);

  it('gives the same bytes after a stop at every chunk', () => {
    const folder = temporaryFolder();
    const stops = trainWithStops(folder.path, 0);
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
      step: 0,
    });
    assert.equal(trainHere(folder.path, shortSettings).type, 'done');
    assert.deepEqual(hashes(folder.path), expected);
    folder.remove();
  });

  it('gives the same bytes when what followed the checkpoint is lost, torn or still there', () => {
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

  it('refuses a checkpoint with a flipped bit, and one that is no checkpoint', () => {
    const folder = temporaryFolder();
    const stop = new Int32Array(new SharedArrayBuffer(8));
    trainHere(folder.path, shortSettings, { stop, clock: stoppingClock(stop, 6) });
    const file = path.join(folder.path, 'checkpoint.safetensors');
    const bytes = readFileSync(file);
    bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    assert.throws(() => trainHere(folder.path, shortSettings), {
      name: 'CorruptTaskError',
      message: `${file} is not a whole checkpoint of task 0123456789abcdef`,
    });
    writeFileSync(file, 'something else');
    assert.throws(() => trainHere(folder.path, shortSettings), {
      name: 'CorruptTaskError',
      message: `${file} is not a safetensors file`,
    });
    folder.remove();
  });

  it('refuses a log that is shorter than its checkpoint says', () => {
    const folder = temporaryFolder();
    const stop = new Int32Array(new SharedArrayBuffer(8));
    trainHere(folder.path, shortSettings, { stop, clock: stoppingClock(stop, 6) });
    const file = path.join(folder.path, 'steps.arrows');
    const bytes = statSync(file).size;
    truncateSync(file, bytes - 1);
    assert.throws(() => trainHere(folder.path, shortSettings), {
      name: 'CorruptTaskError',
      message: `${file} has ${bytes - 1} bytes, but its checkpoint goes on from ${bytes}`,
    });
    folder.remove();
  });
});

/** Stops after `chunks` more chunks each time, until the run is done; the number of stops. */
function trainWithStops(folder: string, chunks: number): number {
  for (let stops = 0; ; stops++) {
    const stop = new Int32Array(new SharedArrayBuffer(8));
    const outcome = trainHere(folder, shortSettings, { stop, clock: stoppingClock(stop, 2 + chunks) });
    if (outcome.type !== 'stopped') return stops;
  }
}

/** Asks for a stop at its n-th reading. */
function stoppingClock(stop: Int32Array, reading: number) {
  let readings = 0;
  return {
    ...frozenClock(),
    now: () => {
      if (++readings === reading) Atomics.store(stop, 0, 1);
      return 0;
    },
  };
}

function hashes(folder: string): string[] {
  return RESULT_FILES.map((file) =>
    createHash('sha256')
      .update(readFileSync(path.join(folder, file)))
      .digest('hex'),
  );
}
