import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { installedVersions } from '../../src/task/registry.js';
import { readStoreOwner } from '../../src/store/lock.js';
import { loadSweep } from '../../src/sweep/load.js';
import { parseShard } from '../../src/sweep/shard.js';
import type { Task } from '../../src/task/task.js';
import { finish } from '../store/sample-store.js';
import { vaeSweep } from './command.js';

let file: string;
let outDir: string;

beforeEach(() => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-run-'));
  file = path.join(folder, 'mine.yaml');
  outDir = path.join(folder, 'out');
  writeFileSync(
    file,
    'experiment: linear\ngrid: { dimensions: [[2, 4, 3]], seed: [1, 2, 3] }\nsettings: { steps: 200 }\n',
  );
});

function shard(text: string): readonly Task[] {
  return loadSweep(file, { shard: parseShard(text), versions: installedVersions() }).tasks;
}

describe('vae-sweep run --shard', () => {
  test('trains only the tasks of its shard, and notes that the tables show only these', () => {
    const { status, stdout } = vaeSweep('run', file, '--shard', '2/2', '--out', outDir);
    assert.equal(status, 0);
    assert.deepEqual(
      readdirSync(path.join(outDir, 'tasks')).sort(),
      shard('2/2')
        .map(({ name }) => name)
        .sort(),
    );
    assert.match(stdout, /\nThis is shard 2\/2, 1 of 3 tasks; combine the shards with vae-sweep merge\.\n/);
  });

  test('succeeds without tasks, because dependent jobs wait for its success', () => {
    const { status, stdout, stderr } = vaeSweep('run', file, '--shard', '4/4', '--out', outDir);
    assert.equal(status, 0);
    assert.match(stderr, /^0 tasks: 0 done, 0 interrupted, 0 failed, 0 pending\nTotal time: \d+ ms\n$/);
    assert.match(stdout, /^Nothing to execute: shard 4\/4, 0 of 3 tasks\.\nArrow logs: /);
  });
});

describe('vae-sweep with --shard', () => {
  test('plans the shard', () => {
    const { stdout } = vaeSweep('plan', file, '--shard', '1/2', '--out', outDir);
    assert.match(stdout, /\nmine, shard 1\/2, 2 of 3 tasks: 2 pending\.\n/);
    assert.match(vaeSweep('plan', file, '--shard', '4/4').stdout, /^mine, shard 4\/4, 0 of 3 tasks\.\n/);
    const json = JSON.parse(vaeSweep('plan', file, '--shard', '1/2', '--json').stdout) as {
      shard: unknown;
      tasks: readonly { id: string }[];
    };
    assert.deepEqual(json.shard, { index: 1, count: 2, sweepTasks: 3 });
    assert.deepEqual(
      json.tasks.map(({ id }) => id),
      shard('1/2').map(({ id }) => id),
    );
  });

  test('shows its status and verifies it', () => {
    for (const task of shard('2/2')) finish(outDir, task);
    const options = [file, '--shard', '2/2', '--out', outDir];
    assert.match(vaeSweep('status', ...options).stdout, /\n1 task: 1 done, /);
    assert.equal(vaeSweep('verify', ...options).stdout, '1 of 1 tasks verified: all checksums match.\n');
  });

  test('rejects an invalid shard', () => {
    const { status, stderr } = vaeSweep('run', file, '--shard', '0/2');
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^vae-sweep: --shard: expected the shard and the number of shards, for example 3\/8, .*, got 0\/2\. See vae-sweep run --help\n$/,
    );
  });
});

describe('vae-sweep run --max-time', () => {
  const endless = ['--set', 'steps=100000000', '--set', 'logEverySteps=1000', '--only', 'seed=1'];

  test('stops like Ctrl-C after this time, and reports why', () => {
    const { status, stderr, stdout } = vaeSweep('run', file, ...endless, '--max-time', '2s', '--out', outDir);
    assert.equal(status, 130);
    assert.match(stderr, /\nstopping: --max-time 2s has passed; each task writes a checkpoint if it can\n/);
    assert.match(stdout, /^Interrupted\. Run the same command to resume\.\n/);
    assert.equal(readStoreOwner(outDir), null);
    assert.ok(existsSync(path.join(outDir, 'sweeps/mine/sweep.json')));
  });

  // A run that waited for --max-time would be killed by the time limit of vaeSweep.
  test('does not affect or delay a run that finishes earlier', () => {
    assert.equal(vaeSweep('run', file, '--only', 'seed=1', '--max-time', '10m', '--out', outDir).status, 0);
  });
});
