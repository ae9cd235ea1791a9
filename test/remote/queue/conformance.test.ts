import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { resultHashes, runCommand, startCommand } from '../../faults/command.js';
import { usePython } from '../../examples/python.js';
import { noRedis, RedisServer } from '../../../bench/redis-server.js';

/** Small, and yet with more than one record batch, checkpoint and evaluation a task; computations of the theory; and experiments of each form, the command where there is a Python with NumPy. */
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
  'pi.yaml': { experiment: 'monte-carlo-pi', grid: { points: [1_000, 20_000], seed: [1, 2] } },
  'regression.yaml': {
    experiment: 'numpy-regression',
    grid: { seed: [1, 2] },
    settings: { epochs: 2_000 },
  },
  'sweep.yaml': {
    sweeps: [
      'linear.yaml',
      'identities.yaml',
      'classifier.yaml',
      'pi.yaml',
      ...(usePython() ? ['regression.yaml'] : []),
    ],
  },
};

const EXAMPLES = ['training/experiment.mjs', 'function/experiment.mjs', 'command/experiment.yaml'];
const PLUGINS = EXAMPLES.flatMap((name) => [
  '--plugin',
  fileURLToPath(new URL(`../../../../examples/experiments/${name}`, import.meta.url)),
]);
const PASSWORD = 'open-sesame';

const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-conformance-'));
const sweep = path.join(folder, 'sweep.yaml');
let reference: Record<string, string>;

function runInto(out: string, ...more: readonly string[]): string[] {
  return ['run', sweep, '--out', path.join(folder, out), '--checkpoint-every', '0', ...PLUGINS, ...more];
}

before(async () => {
  for (const [name, content] of Object.entries(SWEEPS))
    writeFileSync(path.join(folder, name), JSON.stringify(content));
  const { code, stderr } = await runCommand(runInto('thread', '--isolation', 'thread'));
  assert.equal(code, 0, stderr);
  reference = resultHashes(path.join(folder, 'thread'));
  assert.ok(Object.keys(reference).length > 3);
});

test('a process each gives the bytes that threads of one process give', async () => {
  const { code, stderr } = await runCommand(runInto('process', '--isolation', 'process'));
  assert.equal(code, 0, stderr);
  assert.deepEqual(resultHashes(path.join(folder, 'process')), reference);
});

test('a run that is killed and resumed gives them too', async () => {
  const out = path.join(folder, 'killed');
  for (const delayMs of [0, 300, 600]) {
    const { child, ended } = startCommand(runInto('killed'));
    await untilTrained(path.join(out, 'tasks'));
    await delay(delayMs);
    // With all of its processes.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
  }
  const { code, stderr } = await runCommand(runInto('killed'));
  assert.equal(code, 0, stderr);
  assert.deepEqual(resultHashes(out), reference);
});

test('two shards give them too, each in a store of its own', async () => {
  const shards = ['1/2', '2/2'].map((shard) => ({ shard, out: `shard-${shard.slice(0, 1)}` }));
  for (const { shard, out } of shards) {
    const { code, stderr } = await runCommand(runInto(out, '--shard', shard));
    assert.equal(code, 0, stderr);
  }
  const [first, second] = shards.map(({ out }) => resultHashes(path.join(folder, out)));
  assert.deepEqual({ ...first, ...second }, reference);
});

for (const password of [undefined, PASSWORD]) {
  const out = password === undefined ? 'queue' : 'queue-password';
  test(
    `a queue ${password === undefined ? 'without' : 'with'} a password gives them too, and shows no password`,
    {
      skip: noRedis,
    },
    async (t) => {
      const redis = await RedisServer.start(password === undefined ? {} : { password });
      t.after(async () => redis.remove());
      const outDir = path.join(folder, out);
      const worker = startCommand([
        'worker',
        '--queue',
        redis.url,
        '--out',
        outDir,
        '--workers',
        '2',
        ...PLUGINS,
      ]);
      t.after(() => worker.child.kill('SIGKILL'));
      const run = await runCommand(runInto(out, '--queue', redis.url));
      assert.equal(run.code, 0, run.stderr);
      assert.deepEqual(resultHashes(outDir), reference);
      worker.child.kill('SIGTERM');
      const ended = await worker.ended;
      assert.equal(ended.code, 130, ended.stderr);
      assert.match(run.stderr, /^done: linear-2-4-3-seed2-[0-9a-f]+, 12,000 steps in .* on .*-\d+$/m);
      const said = [run.stdout, run.stderr, ended.stdout, ended.stderr, logOf(outDir)].join('\n');
      assert.ok(said.includes(`redis://127.0.0.1:${redis.port}/0`));
      assert.ok(!said.includes(PASSWORD));
    },
  );
}

test('a wrong password, and no Redis at all, are told without it', { skip: noRedis }, async () => {
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

/** Until a task has a log, or 30 seconds have passed. */
async function untilTrained(tasks: string): Promise<void> {
  const giveUp = performance.now() + 30_000;
  while (performance.now() < giveUp) {
    if (
      existsSync(tasks) &&
      readdirSync(tasks).some((name) => readdirSync(path.join(tasks, name)).length > 1)
    )
      return;
    await delay(20);
  }
}

/** With the lock, which keeps the command that was typed. */
function logOf(outDir: string): string {
  return ['sweeps/sweep/log.jsonl', 'sweeps/sweep/sweep.json', 'lock/owner-1.json']
    .map((name) => readFileSync(path.join(outDir, name), 'utf8'))
    .join('\n');
}
