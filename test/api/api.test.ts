import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Tensor } from '@tensorflow/tfjs-node';
import { compile as compileLater, InputError, readLogs, runSweep } from '../../src/api/index.js';
import { tf } from '../../src/compiler/index.js';
import { vaeSweep } from '../cli/command.js';

const EXAMPLES = fileURLToPath(new URL('../../../examples/library/', import.meta.url));

function newFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'vae-sweep-library-'));
}

/** Runs an example. @returns its standard output */
function example(name: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(EXAMPLES, name), ...args], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

describe('the library examples', () => {
  it('run a sweep, and skip its tasks in a second run', () => {
    const out = newFolder();
    const first = example('run-a-sweep.mjs', out);
    assert.match(first, /^2 done, 0 failed\nseed 2: 2000 steps, decoder variance 0\.\d+\nseed 3: 2000 steps/);
    assert.equal(example('run-a-sweep.mjs', out), first);
  });

  it('compile a loop', () => {
    const output = example('compile-a-loop.mjs');
    assert.match(output, /^loss before: \d+\.\d+, after 1000 steps: \d\.\de-(0?[6-9]|1\d)\n/);
    assert.match(output, /softplus: 0\.3133 0\.6931 1\.3133 2\.1269/);
  });
});

describe('a sweep that a program runs', () => {
  const sweep = {
    name: 'mine',
    experiment: 'linear',
    grid: { dimensions: [[2, 4, 3]], seed: [1, 2] },
    settings: { steps: 200, evaluateEverySteps: 100 },
  };

  it('gives the same bytes as the command line', async () => {
    const [own, other] = [newFolder(), newFolder()];
    const lines: string[] = [];
    const result = await runSweep(sweep, { out: own, only: ['seed=2'], onLine: (line) => lines.push(line) });
    assert.deepEqual([result.done, result.failed, result.interrupted], [1, [], false]);
    assert.ok(
      lines.some((line) => line.startsWith('done: linear-2-4-3-seed2-')),
      lines.join('\n'),
    );
    const [task] = result.sweep.tasks;
    const name = task?.name ?? '';
    const file = path.join(other, 'sweep.yaml');
    writeFileSync(file, JSON.stringify(sweep));
    assert.equal(vaeSweep('run', file, '--only', 'seed=2', '--out', other).status, 0);
    const bytes = (out: string) => readFileSync(path.join(out, 'tasks', name, 'steps.arrow'));
    assert.deepEqual(bytes(own), bytes(other));
    const read = [];
    for await (const { task: logged, steps, evaluations, samples, rows } of readLogs(sweep, { out: own })) {
      read.push([logged.id, steps().numRows, evaluations().numRows, samples().numRows]);
      assert.throws(() => rows(), / has no rows\.arrow$/);
    }
    assert.deepEqual(read, [[task?.id, 200, 3, 1000]]);
  });

  it('executes nothing if its signal is aborted', async () => {
    const result = await runSweep(sweep, { out: newFolder(), signal: AbortSignal.abort() });
    assert.deepEqual([result.interrupted, result.done], [true, 0]);
  });

  it('loads its plugins, and requires the same plugins in all calls', () => {
    const plugin = path.join(newFolder(), 'own.mjs');
    const metric = "type: 'int32', unit: '1', description: 'd', compute: () => 7";
    writeFileSync(plugin, `export default { name: 'own', metrics: [{ name: 'seven', ${metric} }] };`);
    const script = `
      const { readLogs, runSweep } = await import('vae-sweep');
      const sweep = ${JSON.stringify(sweep)};
      const options = { out: ${JSON.stringify(newFolder())}, only: ['seed=1'], plugins: [${JSON.stringify(plugin)}] };
      await runSweep(sweep, options);
      for await (const { evaluations } of readLogs(sweep, options)) console.log(evaluations().getChild('seven').get(0));
      await runSweep(sweep, { ...options, plugins: [] }).catch(({ name, message }) => console.log(name, message));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      cwd: EXAMPLES,
    });
    assert.match(
      stdout,
      /^7\nInputError this process has already loaded other plugins \(.*own\.mjs\): pass the same/,
      stderr,
    );
  });

  it('is validated like a sweep file', async () => {
    const out = newFolder();
    const wrong = { ...sweep, settings: { step: 3 } };
    await assert.rejects(runSweep(wrong, { out }), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, /mine.*settings.*step/s);
      return true;
    });
    assert.ok(!existsSync(path.join(out, 'tasks')));
  });
});

describe('the compiler', () => {
  const step = ([x]: readonly Tensor[]) => {
    const next = tf.sub(x ?? tf.scalar(0), tf.mul(x ?? tf.scalar(0), 0.25));
    return { state: [next], metrics: tf.sum(tf.square(next)).as1D() };
  };

  it('does not load TensorFlow before the first call', async () => {
    const script =
      "await import('vae-sweep'); console.log(/libtensorflow/.test((await import('node:fs')).readFileSync('/proc/self/maps', 'utf8')))";
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      cwd: EXAMPLES,
    });
    assert.equal(stdout, 'false\n', stderr);
    const loop = await compileLater(step, { state: [tf.ones([2])], maxSteps: 1 });
    assert.equal(loop.maxSteps, 1);
  });
});
