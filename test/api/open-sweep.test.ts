import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  openSweep,
  runSweep,
  StoreBusyError,
  type SweepSession,
  type TaskResult,
  type Trial,
} from '../../src/api/index.js';
import { readStoreOwner } from '../../src/store/lock.js';
import { vaeSweep } from '../cli/command.js';
import { waitUntil } from '../wait-until.js';

const EXAMPLE = fileURLToPath(new URL('../../../examples/library/own-search.mjs', import.meta.url));
const sweep = {
  name: 'session',
  experiment: 'linear',
  grid: { dimensions: [[2, 4, 3]], seed: [1, 2] },
  settings: { steps: 100, evaluateEverySteps: 100 },
} as const;

const newFolder = () => mkdtempSync(path.join(tmpdir(), 'vae-sweep-session-'));

/** Returns the ids of the processes that this one has started. */
function children(): string {
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim();
}

function bytesOf({ folder }: TaskResult): Buffer[] {
  return ['steps.arrow', 'evaluations.arrow', 'samples.arrow', 'parameters.safetensors'].map((file) =>
    readFileSync(path.join(folder, file)),
  );
}

describe('a session', () => {
  const out = newFolder();
  const ended: TaskResult[] = [];
  let onEnd: (result: TaskResult) => void = () => undefined;
  let session: SweepSession<'linear'>;
  let first: TaskResult[];
  /** The processes after a call with fewer tasks than workers. */
  let started: string;

  before(async () => {
    const onTaskEnd = (result: TaskResult) => {
      ended.push(result);
      onEnd(result);
    };
    session = await openSweep(sweep, { out, workers: 2, onTaskEnd });
    await session.run([{ seed: 1 }]);
    started = children();
    [first = []] = await session.run([{}]);
  });
  after(() => session.close());

  test('executes a cell with all combinations of the grid, and returns the metrics', () => {
    assert.deepEqual(
      first.map(({ task, state, message, metrics }) => [
        task.name.replace(/-[0-9a-f]+$/, ''),
        state,
        message,
        typeof metrics['loss'],
        metrics['manifoldError'],
      ]),
      [
        ['linear-2-4-3-seed1', 'done', null, 'number', null],
        ['linear-2-4-3-seed2', 'done', null, 'number', null],
      ],
    );
    assert.deepEqual(new Set(ended.map(({ task }) => task.id)), new Set(first.map(({ task }) => task.id)));
  });

  test('writes the same bytes as the command line', () => {
    const other = newFolder();
    const file = path.join(other, 'session.yaml');
    writeFileSync(file, JSON.stringify(sweep));
    assert.equal(vaeSweep('run', file, '--out', other).status, 0);
    for (const result of first)
      assert.deepEqual(bytesOf(result), bytesOf({ ...result, folder: result.folder.replace(out, other) }));
  });

  test('keeps its processes from call to call, and executes no task twice', async () => {
    assert.match(started, /^\d+$/);
    const count = ended.length;
    const [again, others] = await session.run([{}, { learningRate: 0.01 }]);
    assert.equal(children(), started);
    assert.deepEqual(again, first);
    assert.equal(others?.length, 2);
    assert.equal(ended.length, count + 2);
  });

  test('executes concurrent calls one after the other', async () => {
    const rates = [0.02, 0.03, 0.04];
    const results = await Promise.all(rates.map((learningRate) => session.run([{ learningRate }])));
    assert.deepEqual(
      results.flat(2).map(({ state }) => state),
      Array(6).fill('done'),
    );
  });

  test('cancels one running task, which resumes later with the same bytes', async () => {
    const cells = [{ learningRate: 0.05 }, { steps: 200_000, evaluateEverySteps: 200_000, seed: 3 }] as const;
    const [long] = session.tasksOf(cells[1]);
    assert.ok(long !== undefined);
    assert.equal(session.cancel(long), false);
    onEnd = ({ task }) => {
      onEnd = () => undefined;
      assert.deepEqual([session.cancel(task), session.cancel(long)], [false, true]);
    };
    const count = ended.length;
    const [short, [cancelled] = []] = await session.run(cells);
    assert.deepEqual(
      short?.map(({ state }) => state),
      ['done', 'done'],
    );
    assert.equal(cancelled?.state, 'interrupted');
    assert.ok(ended.slice(count).some(({ task, state }) => task.id === long.id && state === 'interrupted'));
    const [[resumed] = []] = await session.run([cells[1]]);
    assert.equal(resumed?.state, 'done');
    const alone = await openSweep(sweep, { out: newFolder(), workers: 1 });
    const [[whole] = []] = await alone.run([cells[1]]);
    await alone.close();
    assert.ok(whole !== undefined);
    assert.deepEqual(bytesOf(resumed), bytesOf(whole));
  });

  test('rejects an invalid cell with its path, and continues', async () => {
    // @ts-expect-error the setting is `steps`
    const run = session.run([{ step: 3 }]);
    await assert.rejects(run, /^InputError: session: step: unknown key; did you mean "steps"/);
    await assert.rejects(session.run([{ steps: -1 }]), /session: steps: expected a whole number .* got -1$/);
    assert.deepEqual(await session.run([{}]), [first]);
  });

  test('holds the lock of the store until it is closed, and ends its processes', async () => {
    await assert.rejects(openSweep(sweep, { out }), StoreBusyError);
    await session.close();
    assert.equal(readStoreOwner(out), null);
    assert.equal(children(), '');
    await assert.rejects(session.run([{}]), /the session is closed/);
    assert.equal((await runSweep(sweep, { out })).done, 2);
  });
});

test('a session keeps the manifest of an earlier run until its first call', async () => {
  const out = newFolder();
  // The aborted signal keeps it from executing tasks.
  const options = { out, signal: AbortSignal.abort() };
  await runSweep(sweep, options);
  const manifest = () => readFileSync(path.join(out, 'sweeps', 'session', 'sweep.json'), 'utf8');
  const earlier = manifest();
  assert.equal(earlier.match(/"id"/g)?.length, 2);
  const session = await openSweep(sweep, options);
  assert.equal(manifest(), earlier);
  await session.run([{ seed: 3 }]);
  assert.match(manifest(), /"linear-2-4-3-seed3-/);
  await session.close();
});

test('ask proposes what a search by TPE would, and tell changes what comes next', async () => {
  const search = {
    ...sweep,
    name: 'asked',
    sample: { method: 'tpe', metric: 'loss', goal: 'min', seed: 3, count: 24, batch: 12 },
    space: { learningRate: { logUniform: [1e-4, 1e-1] }, engine: { choice: ['c', 'eager'] } },
  } as const;
  const nothing = { out: newFolder(), signal: AbortSignal.abort() };
  const { tasks } = (await runSweep(search, nothing)).sweep;
  /** Tells this result of each learning rate. @returns the mean logarithm of the next rates */
  const nextAfter = async (result: (rate: number) => number) => {
    const session = await openSweep(search, { out: newFolder() });
    const trials = session.ask(12);
    assert.deepEqual(
      trials.map(({ number }) => number),
      Array.from({ length: 12 }, (_, i) => i + 1),
    );
    assert.deepEqual(
      trials.flatMap((trial) => session.tasksOf(trial)).map(({ id }) => id),
      tasks.map(({ id }) => id),
    );
    const rateOf = ({ settings }: Trial) => Number(settings['learningRate']);
    for (const trial of trials) session.tell(trial, result(rateOf(trial)));
    const rates = session.ask(12).map(rateOf);
    assert.throws(() => {
      session.tell({ number: 1, settings: {} }, 1);
    }, /expected a trial that `ask` of this session returned/);
    await session.close();
    return rates.reduce((sum, rate) => sum + Math.log(rate), 0) / rates.length;
  };
  const [low, high] = [await nextAfter((rate) => rate), await nextAfter((rate) => -rate)];
  assert.ok(low < high - 1, `${low} ${high}`);
});

test('run returns at once if the signal is aborted, and ask requires TPE', async () => {
  const session = await openSweep(sweep, { out: newFolder(), signal: AbortSignal.abort() });
  const found = (await session.run([{}])).flat();
  assert.deepEqual(
    found.map(({ state, metrics }) => [state, metrics]),
    [
      ['new', {}],
      ['new', {}],
    ],
  );
  assert.throws(() => session.ask(), /session: `ask` requires `space`, and `sample` with the method tpe/);
  await session.close();
});

describe('the example of a search', () => {
  test('finds better settings, and repeats its decisions without executing a task again', () => {
    const out = newFolder();
    const run = () => spawnSync(process.execPath, [EXAMPLE, out], { encoding: 'utf8', timeout: 120_000 });
    const one = run();
    assert.equal(one.status, 0, one.stderr);
    assert.match(
      one.stdout,
      /^generation 1: loss .*\ngeneration 2: .*\ngeneration 3: loss -?[\d.]+ with learning rate [\d.]+\n$/,
    );
    const two = run();
    assert.deepEqual([two.stdout, two.stderr], [one.stdout, '']);
  });

  test('stops with SIGINT, and releases the store', async () => {
    const out = newFolder();
    const child = spawn(process.execPath, [EXAMPLE, out], { stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    await waitUntil('the session holds the store', () => readStoreOwner(out) !== null);
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'close'), [0, null]);
    assert.equal(printed, 'stopped: run it again to continue\n');
    assert.equal(readStoreOwner(out), null);
  });
});

test('a session refuses a sweep that lists or decides on its tasks itself', async () => {
  const space = { learningRate: { logUniform: [1e-4, 1e-2] } } as const;
  for (const own of [
    { ...sweep, space, sample: { count: 4, method: 'sobol', seed: 1 } },
    {
      ...sweep,
      halving: { metric: 'loss', goal: 'min', unit: 'steps', min: 10, max: 90, factor: 3 },
      settings: {},
    },
  ] as const)
    await assert.rejects(openSweep(own, { out: newFolder() }), {
      name: 'InputError',
      message: /^session: a sweep with .* itself: use runSweep$/,
    });
});
