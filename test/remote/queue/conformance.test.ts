import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { resultHashes, runCommand, startCommand } from '../../faults/command.js';
import { noRedis } from '../no-redis.js';
import { RedisServer } from '../redis-server.js';
import { waitUntil } from '../../wait-until.js';

/**
 * Small sweeps that still have several record batches, checkpoints and evaluations per task: training, computations of the theory, and
 * user experiments of each form.
 */
const SWEEPS = {
  'linear.yaml': {
    experiment: 'linear',
    grid: { dimensions: [[2, 4, 3]], seed: [2, 3, 4] },
    settings: { steps: 12_000, batchSize: 10, evaluationPoints: 20, evaluateEverySteps: 5_000 },
  },
  'identities.yaml': {
    experiment: 'identities',
    grid: { identity: ['eq4', 'lemma1'], seed: [1] },
    settings: { draws: 20, maxDim: 6 },
  },
  'classifier.yaml': {
    experiment: 'mlp-classifier',
    grid: { learningRate: [0.1, 1], seed: [1, 2] },
    settings: { width: 8, steps: 12_000, evaluateEverySteps: 5_000 },
  },
  'pi.yaml': { experiment: 'monte-carlo-pi', grid: { points: [1_000, 5_000_000], seed: [1, 2] } },
  'written.yaml': { experiment: 'writer', grid: { seed: [1, 2] } },
  'sweep.yaml': {
    sweeps: ['linear.yaml', 'identities.yaml', 'classifier.yaml', 'pi.yaml', 'written.yaml'],
  },
};

const FORMS = [
  { sweep: 'classifier', experiment: 'mlp-classifier' },
  { sweep: 'pi', experiment: 'monte-carlo-pi' },
  { sweep: 'written', experiment: 'writer' },
] as const;

/** A program that writes rows for a few seconds, and resumes after the last row that it recorded. */
const PROGRAM = `
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
const { seed } = JSON.parse(readFileSync(process.env.VAE_SWEEP_SETTINGS, 'utf8'));
const file = process.env.VAE_SWEEP_FOLDER + '/n';
for (let n = existsSync(file) ? Number(readFileSync(file, 'utf8')) + 1 : 1; n <= 300; n++) {
  console.log(JSON.stringify({ row: n, value: Math.sin(seed * n) }));
  if (n % 10 === 0) { writeFileSync(file + '.new', String(n)); renameSync(file + '.new', file); }
  await delay(5);
}
`;
const WRITER = {
  name: 'writer',
  form: 'command',
  command: [process.execPath, 'program.mjs'],
  files: ['program.mjs'],
  settings: {},
  columns: { rows: [{ name: 'value' }] },
  rows: 300,
  resumable: true,
};

const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-conformance-'));
const sweep = path.join(folder, 'sweep.yaml');
const PLUGINS = [
  ...['training', 'function'].map((form) =>
    fileURLToPath(new URL(`../../../../examples/experiments/${form}/experiment.mjs`, import.meta.url)),
  ),
  path.join(folder, 'writer.yaml'),
].flatMap((file) => ['--plugin', file]);
const PASSWORD = 'open-sesame';
let reference: Record<string, string>;

function runInto(out: string, ...more: readonly string[]): string[] {
  // With a queue, the workers decide how often to write checkpoints.
  const execution = more.includes('--queue') ? [] : ['--checkpoint-every', '0'];
  return ['run', sweep, '--out', path.join(folder, out), ...execution, ...PLUGINS, ...more];
}

before(async () => {
  for (const [name, content] of Object.entries({ ...SWEEPS, 'writer.yaml': WRITER }))
    writeFileSync(path.join(folder, name), JSON.stringify(content));
  writeFileSync(path.join(folder, 'program.mjs'), PROGRAM);
  const { code, stderr } = await runCommand(runInto('thread', '--isolation', 'thread'));
  assert.equal(code, 0, stderr);
  reference = resultHashes(path.join(folder, 'thread'));
  assert.ok(Object.keys(reference).length > 3);
});

test('process isolation gives the same bytes as thread isolation', async () => {
  const { code, stderr } = await runCommand(runInto('process', '--isolation', 'process'));
  assert.equal(code, 0, stderr);
  assert.deepEqual(resultHashes(path.join(folder, 'process')), reference);
});

for (const isolation of ['thread', 'process'])
  test(`${isolation} isolation gives the same bytes if runs are killed in a task of each form and resumed`, async () => {
    const out = `killed-${isolation}`;
    for (const form of FORMS) {
      const file = path.join(folder, `${form.sweep}.yaml`);
      await killIn(form.experiment, out, ['run', file, ...runInto(out, '--isolation', isolation).slice(2)]);
    }
    const { code, stderr } = await runCommand(runInto(out, '--isolation', isolation));
    assert.equal(code, 0, stderr);
    assert.deepEqual(resultHashes(path.join(folder, out)), reference);
  });

test('two shards with separate stores give the same bytes if they are killed and resumed', async () => {
  const shards = ['1/2', '2/2'].map((shard) => ({ shard, out: `shard-${shard.slice(0, 1)}` }));
  for (const { shard, out } of shards) {
    await killIn('', out, runInto(out, '--shard', shard));
    const { code, stderr } = await runCommand(runInto(out, '--shard', shard));
    assert.equal(code, 0, stderr);
  }
  const [first, second] = shards.map(({ out }) => resultHashes(path.join(folder, out)));
  assert.deepEqual({ ...first, ...second }, reference);
});

// The first of these tests mostly waits until the lock of the killed worker expires.
describe('a queue', { skip: noRedis, concurrency: 2 }, () => {
  test('gives the same bytes if its first worker is killed during a task', async (t) => {
    const redis = await RedisServer.start({});
    t.after(async () => redis.remove());
    const outDir = path.join(folder, 'queue-killed');
    const work = ['worker', '--queue', redis.url, '--out', outDir, '--workers', '2', ...PLUGINS];
    const run = startCommand(runInto('queue-killed', '--queue', redis.url));
    await killIn('', 'queue-killed', work);
    const second = startCommand(work);
    t.after(() => second.child.kill('SIGKILL'));
    const { code, stderr } = await run.ended;
    assert.equal(code, 0, stderr);
    assert.deepEqual(resultHashes(outDir), reference);
  });

  test('with a password gives the same bytes, and shows no password', async (t) => {
    const redis = await RedisServer.start({ password: PASSWORD });
    t.after(async () => redis.remove());
    const outDir = path.join(folder, 'queue-password');
    const work = ['worker', '--queue', redis.url, '--out', outDir, '--workers', '2', ...PLUGINS];
    const worker = startCommand(work);
    t.after(() => worker.child.kill('SIGKILL'));
    const run = await runCommand(runInto('queue-password', '--queue', redis.url));
    assert.equal(run.code, 0, run.stderr);
    assert.deepEqual(resultHashes(outDir), reference);
    worker.child.kill('SIGTERM');
    const ended = await worker.ended;
    assert.equal(ended.code, 130, ended.stderr);
    assert.match(run.stderr, /^done: linear-2-4-3-seed2-[0-9a-f]+, 12,000 steps in .* on .*-\d+$/m);
    const printed = [run.stdout, run.stderr, ended.stdout, ended.stderr, logOf(outDir)].join('\n');
    assert.ok(printed.includes(`redis://127.0.0.1:${redis.port}/0`));
    assert.ok(!printed.includes(PASSWORD));
  });

  test('shows no password in the errors for a wrong password and a missing Redis', async () => {
    const redis = await RedisServer.start({ password: PASSWORD });
    const wrong = await runCommand(['worker', '--queue', `redis://:not-${PASSWORD}@127.0.0.1:${redis.port}`]);
    assert.deepEqual(
      [wrong.code, /WRONGPASS/.test(wrong.stderr), wrong.stderr.includes(PASSWORD)],
      [1, true, false],
    );
    await redis.remove();
    const none = await runCommand(['worker', '--queue', redis.url, '--out', path.join(folder, 'none')]);
    assert.deepEqual(
      [none.code, /ECONNREFUSED/.test(none.stderr), none.stderr.includes(PASSWORD)],
      [1, true, false],
    );
  });
});

/** Starts a command that executes tasks, and kills its process group while a task of the experiment has a log but is not done. */
async function killIn(experiment: string, out: string, args: readonly string[]): Promise<void> {
  const { child, ended } = startCommand(args);
  const tasks = path.join(folder, out, 'tasks');
  await waitUntil('a task is running', () => child.exitCode !== null || isInTask(tasks, experiment), 5);
  assert.equal(child.exitCode, null, 'the command exited before a task was seen running');
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await ended;
}

function isInTask(tasks: string, experiment: string): boolean {
  if (!existsSync(tasks)) return false;
  return readdirSync(tasks)
    .filter((name) => name.startsWith(experiment))
    .some((name) => {
      const files = readdirSync(path.join(tasks, name));
      return files.some((file) => file.endsWith('.arrows')) && !files.includes('done.json');
    });
}

/** Returns the log and other files, including the lock, which has the command line. */
function logOf(outDir: string): string {
  return ['sweeps/sweep/log.jsonl', 'sweeps/sweep/sweep.json', 'lock/owner-1.json']
    .map((name) => readFileSync(path.join(outDir, name), 'utf8'))
    .join('\n');
}
