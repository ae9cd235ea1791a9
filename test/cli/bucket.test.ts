import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { parseBucketUrl } from '../../src/remote/bucket/address.js';
import { ResultBucket } from '../../src/remote/bucket/result-bucket.js';
import { BucketExchange } from '../../src/remote/bucket/bucket-exchange.js';
import { listStore } from '../../src/store/inventory.js';
import { TASK_FILES, tasksFolder, verifyTask } from '../../src/store/task-folder.js';
import type { TrainingTask } from '../../src/experiments/vae/settings/task.js';
import { noS3, S3Server } from '../remote/bucket/s3-server.js';
import { resultHashes, startCommand } from '../faults/command.js';
import { finish } from '../store/sample-store.js';
import { identifiedTask } from '../store/sample-task.js';
import { vaeSweep } from './command.js';
import { waitUntil } from '../wait-until.js';

const [one, two, three] = [1, 2, 3].map(identifiedTask) as [TrainingTask, TrainingTask, TrainingTask];

/** More tasks than a merge downloads before it is killed. */
const MANY = 25;

describe('a bucket on the command line', { skip: noS3, timeout: 300_000 }, () => {
  let s3: S3Server;
  let url: string;
  let folder: string;
  let outDir: string;
  let count = 0;

  before(async () => {
    s3 = await S3Server.start();
    await s3.createBucket('results');
  });

  after(async () => {
    await s3.kill();
  });

  beforeEach(() => {
    count += 1;
    url = `s3://results/${count}`;
    folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-bucket-cli-'));
    outDir = path.join(folder, 'out');
  });

  async function send(from: string): Promise<void> {
    const bucket = await ResultBucket.open(parseBucketUrl(url), new AbortController().signal);
    await new BucketExchange(bucket).sendAll(from, () => undefined);
  }

  function merge(...args: readonly string[]) {
    return vaeSweep('merge', url, '--out', outDir, ...args);
  }

  test('shards upload their results, and merge gives the same bytes as an undivided run', () => {
    const sweep = path.join(folder, 'tiny.yaml');
    writeFileSync(
      sweep,
      'experiment: linear\ngrid: { dimensions: [[2, 4, 3]], seed: [1, 2, 3] }\nsettings: { steps: 200 }\n',
    );
    for (const shard of ['1/2', '2/2']) {
      const args = ['--shard', shard, '--bucket', url, '--out', path.join(folder, `shard-${shard[0]}`)];
      const { status, stderr } = vaeSweep('run', sweep, ...args);
      assert.equal(status, 0, stderr);
      assert.match(stderr, /\nsynced with s3:\/\/results\/\d+: [12] results?\n/);
    }
    assert.match(merge().stdout, /^Merged 1 store into .*: 3 tasks copied \(3 done; [\d.]+ kB\)\.\n$/);
    const undivided = path.join(folder, 'undivided');
    assert.equal(vaeSweep('run', sweep, '--out', undivided).status, 0);
    assert.deepEqual(resultHashes(outDir), resultHashes(undivided));
    const again = vaeSweep('run', sweep, '--bucket', url, '--out', path.join(folder, 'again'));
    assert.match(again.stderr, /downloaded from s3:\/\/results\/\d+: 3 results\n3 tasks: 3 done/);
  });

  test('merge names conflicts and corrupt tasks, keeps existing results, copies the others, and fails', async () => {
    const from = path.join(folder, 'from');
    for (const task of [one, two, three]) finish(from, task);
    await send(from);
    await s3.put('results', `${count}/tasks/${two.name}/${TASK_FILES.steps}`, 'steps.arrow CONTENT');
    finish(outDir, one, 'other');
    const dry = merge('--dry-run');
    assert.match(dry.stdout, /\nWould merge 1 store into .*: 2 tasks to copy/);
    assert.deepEqual(readdirSync(outDir), ['tasks']);
    const { stdout, status } = merge();
    assert.match(stdout, /^Merged 1 store into .*: 1 task copied \(1 done; /);
    assert.ok(stdout.includes(`  ${url}/tasks/${one.name}: other steps.arrow, evaluations.arrow`), stdout);
    assert.ok(stdout.includes(`  ${url}/tasks/${two.name}: steps.arrow does not match its SHA-256`), stdout);
    assert.equal(status, 1);
    assert.deepEqual(readdirSync(tasksFolder(outDir)).sort(), [one.name, three.name].sort());
  });

  test('a merge that is killed leaves only complete tasks, and the next one finishes it', async () => {
    const from = path.join(folder, 'from');
    for (let seed = 0; seed < MANY; seed += 1) finish(from, identifiedTask(seed));
    await send(from);
    for (let kill = 1; kill <= 3; kill += 1) {
      const { child, ended } = startCommand(['merge', url, '--out', outDir]);
      await waitUntil('tasks are copied', () => child.exitCode !== null || copiedTasks() >= kill * 5, 1);
      child.kill('SIGKILL');
      await ended;
    }
    assert.ok(completeTasks() < MANY);
    assert.equal(merge().status, 0);
    assert.equal(completeTasks(), MANY);
    assert.deepEqual(resultHashes(outDir), resultHashes(from));
    assert.equal(existsSync(path.join(outDir, 'incoming')), false);
  });

  test('a merge that receives SIGTERM stops after the current task, and the same command resumes it', async () => {
    const from = path.join(folder, 'from');
    for (let seed = 0; seed < MANY; seed += 1) finish(from, identifiedTask(seed));
    await send(from);
    const { child, ended } = startCommand(['merge', url, '--out', outDir]);
    await waitUntil('two tasks are copied', () => child.exitCode !== null || copiedTasks() >= 2, 1);
    child.kill('SIGTERM');
    const { code, stdout } = await ended;
    assert.equal(code, 130);
    assert.match(stdout, /Interrupted\. Run the same command to resume\.\n$/);
    assert.equal(merge().status, 0);
    assert.equal(completeTasks(), MANY);
  });

  test('an invalid or missing bucket is an error that shows no credentials', () => {
    const sweep = 'sweeps/quickstart.yaml';
    const invalid = vaeSweep('run', sweep, '--bucket', 's3://key:secret@results', '--out', outDir);
    assert.match(invalid.stderr, /^vae-sweep: Invalid bucket: expected s3:\/\/NAME or s3:\/\/NAME\/PREFIX, /);
    assert.deepEqual([invalid.status, invalid.stderr.includes('secret@')], [2, false]);
    const missing = vaeSweep('run', sweep, '--bucket', 's3://nowhere', '--max-time', '1h', '--out', outDir);
    assert.match(missing.stderr, /^vae-sweep: can't use the bucket at s3:\/\/nowhere \(NoSuchBucket: .*\n$/);
    assert.deepEqual([missing.status, missing.stderr.includes('secret-key')], [1, false]);
    assert.equal(existsSync(outDir), false);
  });

  function copiedTasks(): number {
    const tasks = tasksFolder(outDir);
    return existsSync(tasks) ? readdirSync(tasks).filter((name) => !name.endsWith('.merging')).length : 0;
  }

  function completeTasks(): number {
    return listStore(outDir).filter(
      (entry) =>
        entry.kind === 'task' &&
        verifyTask(path.join(tasksFolder(outDir), entry.name), entry.task.id).state === 'done',
    ).length;
  }
});
