import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { lineOutput } from '../../../src/api/run-lines.js';
import { runSweep, type RunOptions, type RunResult } from '../../../src/run/run-sweep.js';
import { installedVersions } from '../../../src/task/registry.js';
import { readTaskState, TASK_FILES, taskFolder } from '../../../src/store/task-folder.js';
import { loadSweep, type Sweep } from '../../../src/sweep/load.js';
import { sweepFolderWith } from '../../sweep/sweep-folder.js';
import { ALL_THEORY, THEORY_FILES } from './theory-sweep.js';
import { standInOptions } from '../../run/stand-in.js';

const LINEAR =
  'experiment: linear\nsettings: { dimensions: [2, 4, 3], seed: 2, steps: 20, batchSize: 20, engine: eager }\n';
/** A sweep that takes a second or two, long enough to be stopped. */
const LONG = 'experiment: identities\nsettings: { identity: eq4, seed: 1, draws: 150 }\n';

const WORKER = new URL('../../../workers/train.js', import.meta.url);

function newStore(): string {
  return mkdtempSync(path.join(tmpdir(), 'vae-sweep-theory-'));
}

function load(files: Record<string, string>, name: string): Sweep {
  return loadSweep(path.join(sweepFolderWith(files), name), { versions: installedVersions() });
}

/** Runs a sweep with real threads. @param onShown receives the output so far */
async function run(
  sweep: Sweep,
  outDir: string,
  changes: Partial<RunOptions> = {},
  onShown: (shown: string) => void = () => undefined,
): Promise<RunResult & { shown: string }> {
  let shown = '';
  const output = lineOutput((line) => {
    shown += `${line}\n`;
    onShown(shown);
  });
  const options = standInOptions(outDir, { workerUrl: WORKER, retries: 0, output, ...changes });
  return { ...(await runSweep(sweep, options)), shown };
}

function bytesOf(outDir: string, { tasks }: Sweep): string[] {
  return tasks.flatMap((task) =>
    [TASK_FILES.rows, TASK_FILES.verdict, TASK_FILES.done].map((name) =>
      readFileSync(path.join(taskFolder(outDir, task), name), 'base64'),
    ),
  );
}

describe('a sweep of the theory', () => {
  test('computes every task once, in a process that does not load TensorFlow', async () => {
    const sweep = load({ ...THEORY_FILES, 'all.yaml': ALL_THEORY }, 'all.yaml');
    const out = newStore();
    const maps: string[] = [];
    const { done, failed, corrupt, shown } = await run(sweep, out, {}, (text) => {
      if (text.includes('done: ') && maps.length === 0) maps.push(...mapsOfChildren());
    });
    assert.deepEqual([maps.length, maps.some((map) => /tensorflow/i.test(map))], [1, false]);
    assert.deepEqual([done, failed, corrupt], [10, [], []]);
    assert.match(shown, /^10 tasks: 0 done, 0 interrupted, 0 failed, 10 pending; about /);
    assert.match(shown, /done: landscape-5-2-8-zero3-seed1-\w{16}, bounded in \d+ ms\n/);
    for (const task of sweep.tasks) {
      const folder = taskFolder(out, task);
      assert.deepEqual(readTaskState(folder, task.id), { state: 'done' });
      assert.deepEqual(readdirSync(folder).sort(), [
        'done.json',
        'rows.arrow',
        'run.json',
        'task.json',
        'verdict.json',
      ]);
    }
    const again = await run(sweep, out);
    assert.equal(again.shown, '10 tasks: 10 done, 0 interrupted, 0 failed, 0 pending\n');
  });

  test('restarts its running task after a stop, and ends with the same bytes', async () => {
    const sweep = load({ 'long.yaml': LONG }, 'long.yaml');
    const [task] = sweep.tasks;
    assert.ok(task !== undefined);
    const [out, whole] = [newStore(), newStore()];
    const stop = new AbortController();
    const folder = taskFolder(out, task);
    const watch = setInterval(() => {
      if (readdirIfThere(folder).includes(TASK_FILES.rowsStream)) stop.abort('SIGINT');
    }, 2);
    const stopped = await run(sweep, out, { signal: stop.signal });
    clearInterval(watch);
    assert.deepEqual([stopped.interrupted, stopped.done], [true, 0]);
    assert.match(stopped.shown, /interrupted: identities-eq4-seed1-\w{16}, will start from the beginning\n/);
    assert.deepEqual(readTaskState(folder, task.id), { state: 'new' });
    assert.equal((await run(sweep, out)).done, 1);
    await run(sweep, whole);
    assert.deepEqual(bytesOf(out, sweep), bytesOf(whole, sweep));
    assert.ok(!readdirSync(folder).includes(TASK_FILES.rowsStream));
  });

  test('reports a computation that did not reach its end as incomplete', async () => {
    const text = 'experiment: gradient-flow\nsettings: { dimensions: [6, 2, 4], seed: 1, maxSteps: 5 }\n';
    const { done, shown } = await run(load({ 'short.yaml': text }, 'short.yaml'), newStore());
    assert.equal(done, 1);
    assert.match(
      shown,
      /done: gradient-flow-6-2-4-scale0\.5-seed1-\w{16}, step-limit, incomplete in \d+ ms\n/,
    );
  });
});

test('a sweep of two experiments trains and computes', async () => {
  const files = {
    'all.yaml': 'sweeps: [linear.yaml, landscape.yaml]\n',
    'linear.yaml': LINEAR,
    'landscape.yaml': THEORY_FILES['landscape.yaml'],
  };
  const sweep = load(files, 'all.yaml');
  const out = newStore();
  const { done, shown } = await run(sweep, out);
  assert.equal(done, 5, shown);
  const [trained, computed] = sweep.tasks.map((task) => readdirSync(taskFolder(out, task)));
  assert.ok(trained?.includes(TASK_FILES.steps) && !trained.includes(TASK_FILES.rows));
  assert.ok(computed?.includes(TASK_FILES.rows) && !computed.includes(TASK_FILES.steps));
  assert.match(shown, /done: linear-2-4-3-seed2-\w{16}, 20 steps in /);
});

/** Returns the memory maps of this process's children, one text per process. */
function mapsOfChildren(): string[] {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    .trim()
    .split(' ');
  return children.map((child) => readFileSync(`/proc/${child}/maps`, 'utf8'));
}

function readdirIfThere(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
