import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run as compute } from '../../../src/experiments/theory/worker.js';
import { readLog, readNumbers } from '../../../src/logs/read.js';
import { readTaskState, TASK_FILES } from '../../../src/store/task-folder.js';
import { stepsOf } from '../../../src/task/cost.js';
import { identify } from '../../../src/task/identity.js';
import type { Task } from '../../../src/task/task.js';
import { gradientFlowSchema } from '../../../src/experiments/theory/computations/gradient-flow-settings.js';
import { landscapeColumns } from '../../../src/experiments/theory/computations/landscape-quantities.js';
import { landscapeSchema } from '../../../src/experiments/theory/computations/landscape-settings.js';
import { gradientFlow } from '../../../src/experiments/theory/computations/gradient-flow.js';
import type { TheorySettings } from '../../../src/experiments/theory/tasks/theory-settings.js';
import { landscape } from '../../../src/experiments/theory/computations/landscape.js';
import type { TaskOutcome } from '../../../src/task/outcome.js';
import type { TrainRequest } from '../../../src/task/protocol.js';
import { VERSIONS } from '../../sweep/sweep-folder.js';
import { compute as computeHere } from './computations/run.js';

const LANDSCAPE = landscapeSchema.parse({
  kind: 'landscape',
  ambientDim: 5,
  rank: 2,
  latentDim: 8,
  zeroColumns: 4,
  seed: 1,
});
const FLOW = gradientFlowSchema.parse({
  kind: 'gradient-flow',
  ambientDim: 6,
  rank: 2,
  latentDim: 4,
  seed: 1,
});

const clock = { now: () => 0, date: () => new Date(0) };

function taskOf(settings: TheorySettings): TheoryTask {
  return identify<TheorySettings>(settings, VERSIONS);
}

type TheoryTask = Task<TheorySettings>;

interface Computed {
  readonly folder: string;
  readonly task: TheoryTask;
  readonly outcome: TaskOutcome;
  readonly step: number;
}

async function run(settings: TheorySettings, { stop = false, folder = newFolder() } = {}): Promise<Computed> {
  const task = taskOf(settings);
  const cells = new Int32Array(new SharedArrayBuffer(12));
  cells[0] = stop ? 1 : 0;
  const outcome = await compute(requestOf(task, folder, cells.buffer), clock);
  return { folder, task, outcome, step: cells[2] ?? NaN };
}

function requestOf(task: TheoryTask, folder: string, shared: SharedArrayBuffer): TrainRequest<TheoryTask> {
  return { type: 'train', task, folder, predecessor: null, checkpointEveryMs: 1000, shared, slot: 1 };
}

function newFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'vae-sweep-computing-'));
}

function bytesOf(folder: string): Record<string, string> {
  const names = [TASK_FILES.rows, TASK_FILES.verdict, TASK_FILES.done];
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, name), 'base64')]));
}

function verdictIn(folder: string): unknown {
  return JSON.parse(readFileSync(path.join(folder, TASK_FILES.verdict), 'utf8'));
}

describe('a computation', () => {
  test('writes its rows, its verdict and the marker, and nothing else', async () => {
    const { folder, task, outcome, step } = await run(LANDSCAPE);
    assert.deepEqual(outcome, {
      type: 'done',
      fromStep: 0,
      steps: stepsOf(task.settings),
      elapsedMs: 0,
      summary: 'to-minus-infinity',
      recovered: null,
    });
    assert.deepEqual(readTaskState(folder, task.id), { state: 'done' });
    assert.deepEqual(readdirSync(folder).sort(), ['done.json', 'rows.arrow', 'run.json', 'verdict.json']);
    assert.equal(step, stepsOf(task.settings));
  });

  test('logs the rows that it yields as float64, including NaN', async () => {
    const { folder } = await run(LANDSCAPE);
    const { rows } = computeHere(landscape, LANDSCAPE);
    const table = readLog(path.join(folder, TASK_FILES.rows));
    const names = Object.keys(landscapeColumns);
    assert.deepEqual(
      table.schema.fields.map(({ name, nullable, type }) => [name, nullable, String(type)]),
      names.map((name) => [name, false, 'Float64']),
    );
    for (const name of Object.keys(landscapeColumns) as (keyof typeof landscapeColumns)[])
      assert.deepEqual(
        Array.from(readNumbers(table, name)),
        rows.map((row) => row[name]),
      );
    assert.ok(Number.isNaN(readNumbers(table, 'slope')[0]));
    assert.equal(table.getChild('slope')?.nullCount, 0);
  });

  test("writes units, descriptions and the task into the log's metadata", async () => {
    const { folder, task } = await run(LANDSCAPE);
    const { schema } = readLog(path.join(folder, TASK_FILES.rows));
    const [deviation, loss] = schema.fields;
    assert.deepEqual(Object.fromEntries(deviation?.metadata ?? []), { unit: '1', description: 'eps~' });
    assert.equal(loss?.metadata.get('unit'), 'nat');
    assert.deepEqual(Object.fromEntries(schema.metadata), {
      'vae-sweep.schema': '2',
      'vae-sweep.task': task.id,
      'vae-sweep.settings': JSON.stringify(task.settings),
      'vae-sweep.versions': '{"theory":1}',
    });
  });

  test('writes its result to the verdict, with null for measures that are not defined', async () => {
    // With one latent there is one singular value, so none are beyond dim W = 2.
    const settings = { ...FLOW, latentDim: 1, maxTime: 0.1 };
    const { measures } = computeHere(gradientFlow, settings).verdict;
    assert.ok(Number.isNaN(measures.smallestTailMargin));
    assert.deepEqual(verdictIn((await run(settings)).folder), {
      outcome: 'max-time',
      complete: true,
      holds: true,
      measures: { ...measures, smallestTailMargin: null },
      statement: gradientFlow.statement,
    });
  });

  test('is done even if it did not cover its range, and reports that it is incomplete', async () => {
    const { folder, task, outcome } = await run({ ...FLOW, maxSteps: 5 });
    assert.deepEqual(outcome, {
      type: 'done',
      fromStep: 0,
      steps: stepsOf(task.settings),
      elapsedMs: 0,
      summary: 'step-limit, incomplete',
      recovered: null,
    });
    assert.deepEqual(readTaskState(folder, task.id), { state: 'done' });
  });

  test('writes the same bytes every time, also after a stop and over partial files', async () => {
    const { folder, task, step } = await run(FLOW);
    assert.equal(step, stepsOf(task.settings), 'it counts as all done, however early it ended');
    const stopped = await run(FLOW, { stop: true });
    assert.deepEqual(stopped.outcome, { type: 'stopped', step: null, fromStep: 0, recovered: null });
    assert.deepEqual([stopped.step, readTaskState(stopped.folder, stopped.task.id)], [1, { state: 'new' }]);
    assert.deepEqual(readdirSync(stopped.folder), [TASK_FILES.rowsStream]);
    const again = await run(FLOW, { folder: stopped.folder });
    assert.deepEqual(bytesOf(again.folder), bytesOf(folder));
  });

  test('reports why its folder cannot be written, and does not fail the task', async () => {
    const folder = path.join(newFolder(), 'a-file');
    writeFileSync(folder, '');
    const { outcome } = await run(LANDSCAPE, { folder });
    assert.ok(outcome.type === 'unwritable');
    assert.match(outcome.message, /ENOTDIR/);
  });
});

test('a thread that computes does not load TensorFlow', () => {
  const worker = fileURLToPath(new URL('../../../workers/train.js', import.meta.url));
  const request = { ...requestOf(taskOf(LANDSCAPE), newFolder(), new SharedArrayBuffer(12)), shared: null };
  const script = `
    const { default: handle } = await import(${JSON.stringify(worker)});
    const { type } = await handle({ ...${JSON.stringify(request)}, shared: new SharedArrayBuffer(12) });
    const maps = (await import('node:fs')).readFileSync('/proc/self/maps', 'utf8');
    console.log(type, /tensorflow/i.test(maps), maps.includes('node'));
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  assert.equal(stdout, 'done false true\n', stderr);
});
