import '../native-environment.js';
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import type { Tensor } from '@tensorflow/tfjs-node';
import { ENGINES, type Engine } from '../../src/compiler/engine.js';
import { foldIn, key, normal, tf, type Key } from '../../src/compiler/index.js';
import { loadedTensorFlowVersion } from '../../src/compiler/native/backend.js';
import type { TrainedSettings, TrainingDefinition } from '../../src/forms/training/definition.js';
import { trainingWorker } from '../../src/forms/training/worker.js';
import { readLog, readNumbers, rowAt } from '../../src/logs/read.js';
import { readTaskState } from '../../src/store/task-folder.js';
import type { LogColumn } from '../../src/task/column.js';
import type { TaskOutcome } from '../../src/task/outcome.js';
import type { Clock, Predecessor } from '../../src/task/protocol.js';

interface RegressionSettings extends TrainedSettings {
  readonly seed: number;
  readonly learningRate: number;
  readonly engine: Engine;
}

const BATCH = 8;
const SLOPES = [[2], [-1]];
const column = (name: string, type: LogColumn['type'], unit: string, description: string): LogColumn => ({
  name,
  type,
  nullable: false,
  unit,
  description,
});
const step = column('step', 'int32', 'step', 'Number of the step');

/** Linear regression by gradient descent with momentum, on a fresh batch for each step. */
const regression: TrainingDefinition<RegressionSettings> = {
  columns: () => ({
    steps: [step, column('loss', 'float32', '1', 'Mean squared error of the batch')],
    evaluations: [step, column('error', 'float64', '1', 'Largest error of a slope')],
  }),
  programKey: ({ engine }) => engine,
  program: ({ engine }) => ({
    engine,
    state: { slopes: [2, 1], velocity: [2, 1] },
    inputs: [
      { dtype: 'float32', shape: [] },
      { dtype: 'int32', shape: [2] },
    ],
    body: {
      keys: ([, parent], steps) => [foldIn(parent as Key, steps)],
      draw: ([keys]) => [normal(keys as Key, [2 * BATCH])],
      step: ([slopes, velocity], [learningRate], [drawn]) => {
        const x = tf.reshape(drawn as Tensor, [BATCH, 2]);
        const error = tf.matMul(x, tf.sub(slopes as Tensor, tf.tensor2d(SLOPES)));
        const gradient = tf.mul(tf.matMul(x, error, true), 2 / BATCH);
        const next = tf.sub(tf.mul(velocity as Tensor, 0.5), tf.mul(gradient, learningRate as Tensor));
        return {
          state: [tf.add(slopes as Tensor, next), next],
          metrics: tf.reshape(tf.div(tf.sum(tf.square(error)), BATCH), [1]),
        };
      },
    },
  }),
  begin: (_program, { seed, learningRate }) => {
    const inputs = [tf.scalar(learningRate), key(seed)];
    return {
      start: () => [tf.zeros([2, 1]), tf.zeros([2, 1])],
      inputs: () => inputs,
      evaluate: ([slopes]) => ({
        row: { error: tf.max(tf.abs(tf.sub(slopes as Tensor, tf.tensor2d(SLOPES)))).arraySync() as number },
      }),
      dispose: () => {
        tf.dispose(inputs);
      },
    };
  },
};

const settings: RegressionSettings = {
  kind: 'regression',
  steps: 1_250,
  evaluateEverySteps: 500,
  logEverySteps: 2,
  seed: 3,
  learningRate: 0.002,
  engine: 'c',
};
const ID = '0123456789abcdef';
const worker = trainingWorker(regression);

interface Options {
  readonly folder?: string;
  readonly stopAtReading?: number;
  readonly predecessor?: Predecessor;
  readonly checkpointEveryMs?: number;
  readonly trains?: typeof worker;
}

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-forms-'));
  folders.push(folder);
  return folder;
}

async function train(own: Partial<RegressionSettings> = {}, options: Options = {}) {
  const { folder = newFolder(), stopAtReading = Infinity, predecessor = null, trains = worker } = options;
  const cells = new Int32Array(new SharedArrayBuffer(8));
  let readings = 0;
  const clock: Clock = {
    date: () => new Date(0),
    now: () => {
      if (++readings === stopAtReading) cells[0] = 1;
      return 0;
    },
  };
  const task = {
    id: ID,
    name: 'regression',
    settings: { ...settings, ...own },
    versions: { tensorflow: loadedTensorFlowVersion() },
  };
  const { checkpointEveryMs = 60_000 } = options;
  const shared = cells.buffer;
  const outcome: TaskOutcome = await trains.run(
    { type: 'train', task, folder, predecessor, checkpointEveryMs, shared, slot: 0 },
    clock,
  );
  return { folder, outcome };
}

/** Trains with a stop after every chunk. */
async function trainWithStops(own: Partial<RegressionSettings>): Promise<{ folder: string; stops: number }> {
  const folder = newFolder();
  for (let stops = 0; ; stops++) {
    const { outcome } = await train(own, { folder, stopAtReading: 2 });
    if (outcome.type === 'done') return { folder, stops };
    assert.equal(outcome.type, 'stopped');
  }
}

function bytesOf(folder: string): Record<string, string> {
  const files = ['steps.arrow', 'evaluations.arrow', 'parameters.safetensors', 'done.json'];
  return Object.fromEntries(files.map((name) => [name, readFileSync(path.join(folder, name), 'base64')]));
}

describe('an experiment that trains, defined by its interface alone', () => {
  it('learns, logs its columns, and writes its result files and the marker', async () => {
    const { folder, outcome } = await train();
    assert.deepEqual(outcome, {
      type: 'done',
      fromStep: 0,
      recovered: null,
      steps: 1_250,
      elapsedMs: 0,
      summary: null,
    });
    assert.deepEqual(readTaskState(folder, ID), { state: 'done' });
    assert.deepEqual(readdirSync(folder).sort(), [
      ...['done.json', 'evaluations.arrow', 'parameters.safetensors', 'run.json', 'steps.arrow'],
    ]);
    const evaluations = readLog(path.join(folder, 'evaluations.arrow'));
    assert.deepEqual(Array.from(readNumbers(evaluations, 'step')), [0, 500, 1_000, 1_250]);
    assert.deepEqual(rowAt(evaluations, 0), { step: 0, error: 2 });
    assert.ok(Number(rowAt(evaluations, 3)['error']) < 1e-3);
    const steps = readLog(path.join(folder, 'steps.arrow'));
    assert.deepEqual(
      steps.schema.fields.map(({ name, type }) => [name, String(type)]),
      [
        ['step', 'Int32'],
        ['loss', 'Float32'],
      ],
    );
    assert.deepEqual(Array.from(readNumbers(steps, 'step')).slice(0, 2), [2, 4]);
    assert.equal(steps.numRows, 625);
  });

  for (const engine of ENGINES)
    it(`writes the same bytes when it is resumed after each chunk: ${engine}`, async () => {
      const own = { engine, ...(engine === 'eager' && { steps: 250, evaluateEverySteps: 60 }) };
      const whole = await train(own);
      const { folder, stops } = await trainWithStops(own);
      assert.ok(stops > 2, `${stops} stops`);
      assert.deepEqual(bytesOf(folder), bytesOf(whole.folder));
    });

  it('saves its state in checkpoints and resumes from the latest', async () => {
    const folder = newFolder();
    const stopped = await train({}, { folder, stopAtReading: 4, checkpointEveryMs: 0 });
    assert.ok(stopped.outcome.type === 'stopped' && Number(stopped.outcome.step) > 0);
    assert.deepEqual(readTaskState(folder, ID), { state: 'interrupted', step: stopped.outcome.step });
    const { outcome } = await train({}, { folder });
    assert.ok(outcome.type === 'done' && outcome.fromStep === stopped.outcome.step);
  });

  it('writes the same bytes when it continues from a shorter task, and starts over if that task is corrupt', async () => {
    const whole = await train();
    const shorter = await train({ steps: 700 });
    const predecessor = { id: ID, folder: shorter.folder, steps: 700 };
    const continued = await train({}, { predecessor });
    assert.ok(continued.outcome.type === 'done' && continued.outcome.fromStep === 700);
    assert.deepEqual(bytesOf(continued.folder), bytesOf(whole.folder));
    truncateSync(path.join(shorter.folder, 'steps.arrow'), 100);
    const restarted = await train({}, { predecessor });
    assert.ok(restarted.outcome.type === 'done' && restarted.outcome.fromStep === 0);
    assert.deepEqual(bytesOf(restarted.folder), bytesOf(whole.folder));
  });

  it('continues from the step before the last if a longer task does not share the last step', async () => {
    const trains = trainingWorker({
      ...regression,
      begin: (program, own) => ({ ...regression.begin(program, own), commonSteps: (steps) => steps - 1 }),
    });
    const whole = await train({}, { trains });
    const shorter = await train({ steps: 700 }, { trains });
    const predecessor = { id: ID, folder: shorter.folder, steps: 700 };
    const continued = await train({}, { trains, predecessor });
    assert.ok(continued.outcome.type === 'done' && continued.outcome.fromStep === 699);
    assert.deepEqual(bytesOf(continued.folder), bytesOf(whole.folder));
  });

  it('reports the step at which a metric is not finite, and the metrics before it', async () => {
    const { outcome } = await train({ learningRate: 9 });
    assert.ok(outcome.type === 'diverged' && outcome.lastFinite !== null);
    const { step: before, loss = NaN, ...others } = outcome.lastFinite;
    assert.equal(before, outcome.step - 1);
    assert.ok(loss > 1e20 && Number.isFinite(loss));
    assert.deepEqual(others, {});
  });

  it('fails if its steps return another number of metrics than there are columns', async () => {
    const columns = (own: RegressionSettings) => {
      const { steps, evaluations } = regression.columns(own);
      return { steps: [...steps, column('other', 'float32', '1', 'Not logged')], evaluations };
    };
    const { outcome } = await train({}, { trains: trainingWorker({ ...regression, columns }) });
    assert.ok(outcome.type === 'failed');
    assert.equal(outcome.message, 'A step returned 1 metric, expected 2, one for each column: loss, other.');
  });

  it('fails if the task needs another version of TensorFlow, and leaks no tensors', async () => {
    const task = { id: ID, name: 'regression', settings, versions: { tensorflow: '0.0.0' } };
    const request = { type: 'train', task, folder: newFolder(), predecessor: null, slot: 0 } as const;
    const shared = new SharedArrayBuffer(8);
    const outcome = await worker.run(
      { ...request, checkpointEveryMs: 1, shared },
      { now: () => 0, date: () => new Date(0) },
    );
    assert.ok(outcome.type === 'failed');
    assert.match(outcome.message, /^The task needs TensorFlow 0\.0\.0, but /);
    const before = tf.memory().numTensors;
    await train();
    await worker.warmUp([task]);
    assert.equal(tf.memory().numTensors, before);
  });
});
