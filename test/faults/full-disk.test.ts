import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { resultHashes, runCommand, startCommand } from './command.js';
import { waitUntil } from '../wait-until.js';

const SWEEP = {
  experiment: 'linear',
  grid: { dimensions: [[3, 5, 4]], seed: [2, 3] },
  settings: { steps: 120_000, batchSize: 20, evaluateEverySteps: 20_000 },
};

const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-full-'));
const disk = path.join(folder, 'disk');
mkdirSync(disk);
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', disk]).status === 0;
const skip = mounted ? false : 'a tmpfs can not be mounted on this machine';

describe('a disk that becomes full during a run', { skip }, () => {
  const sweep = path.join(folder, 'sweep.yaml');
  const args = (out: string) => ['run', sweep, '--out', out, '--checkpoint-every', '0.1'];

  before(() => {
    writeFileSync(sweep, JSON.stringify(SWEEP));
  });

  after(() => {
    spawnSync('umount', [disk]);
    rmSync(folder, { recursive: true, force: true });
  });

  test('stops the run with one message, and the sweep resumes to the same bytes when there is space again', async () => {
    const uninterrupted = await runCommand(args(path.join(folder, 'uninterrupted')));
    assert.equal(uninterrupted.code, 0, uninterrupted.stderr);
    const out = path.join(disk, 'out');
    const { ended } = startCommand(args(out));
    await untilCheckpoint(out);
    const filler = path.join(disk, 'filler');
    fill(filler);
    const { code, stderr } = await ended;
    const message = stderr.trim().split('\n').at(-1) ?? '';
    assert.match(
      message,
      /^vae-sweep: can't write .+ \(ENOSPC\): free some disk space, or choose another folder with --out$/,
    );
    assert.equal(code, 1);
    rmSync(filler);
    const again = await runCommand(args(out));
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(resultHashes(out), resultHashes(path.join(folder, 'uninterrupted')));
  });
});

async function untilCheckpoint(out: string): Promise<void> {
  const tasks = path.join(out, 'tasks');
  await waitUntil('a task has a checkpoint', () => {
    const names = existsSync(tasks) ? readdirSync(tasks) : [];
    return names.some((name) => existsSync(path.join(tasks, name, 'checkpoint.safetensors')));
  });
}

/** Fills the disk completely. */
function fill(file: string): void {
  const descriptor = openSync(file, 'w');
  for (let piece = 1 << 20; piece >= 1;)
    try {
      writeSync(descriptor, Buffer.alloc(piece));
    } catch {
      piece >>= 1;
    }
  closeSync(descriptor);
}
