import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellsOf, load, loadFrom, trainingSweep } from './sweep-folder.js';

const GRID = `
experiment: sphere
grid:
  dimensions: [[2, 6, 6], [4, 10, 10]]
  seed: [69, 24]
`;

test('a grid is the product of its lists, and the first key varies slowest', () => {
  assert.deepEqual(cellsOf(load(GRID)), [
    'sphere-2-6-6-seed69',
    'sphere-2-6-6-seed24',
    'sphere-4-10-10-seed69',
    'sphere-4-10-10-seed24',
  ]);
});

test('grid keys keep their order in the file', () => {
  const { tasks } = load(
    'experiment: sphere\ngrid: { seed: [69, 24], dimensions: [[2, 6, 6], [4, 10, 10]] }\n',
  );
  assert.deepEqual(cellsOf({ tasks }), [
    'sphere-2-6-6-seed69',
    'sphere-4-10-10-seed69',
    'sphere-2-6-6-seed24',
    'sphere-4-10-10-seed24',
  ]);
});

test('settings without a grid are one cell', () => {
  const { tasks } = load('experiment: linear\nsettings: { dimensions: [3, 12, 20], seed: 2, steps: 10 }\n');
  assert.equal(tasks.length, 1);
  assert.deepEqual(tasks[0]?.settings, {
    kind: 'train',
    experiment: 'linear',
    intrinsicDim: 3,
    ambientDim: 12,
    latentDim: 20,
    seed: 2,
    modelSeed: 0,
    steps: 10,
    batchSize: 100,
    learningRate: 1e-3,
    hiddenWidths: [],
    biases: true,
    decoderNoise: false,
    initialDecoderLogVariance: -1,
    decoderLogVarianceThreshold: null,
    evaluateEverySteps: 5000,
    evaluationPoints: 1000,
    logEverySteps: 1,
    engine: 'c',
  });
});

test("an omitted setting has the experiment's default", () => {
  const [task] = load(GRID).tasks;
  assert.deepEqual(task?.settings.hiddenWidths, [200, 200, 200]);
  assert.equal(task.settings.steps, 150_000);
  assert.equal(task.settings.learningRate, 1e-4);
  assert.equal(task.settings.initialDecoderLogVariance, -3);
});

test('an explicit false or zero overrides the default', () => {
  const { settings } =
    load(`${GRID}settings: { biases: false, modelSeed: 0, decoderNoise: true }\n`).tasks[0] ?? {};
  assert.equal(settings?.biases, false);
  assert.equal(settings.decoderNoise, true);
});

test('an included cell takes all values of the grid keys that it leaves out', () => {
  assert.deepEqual(cellsOf(load(`${GRID}include: [{ dimensions: [6, 14, 13] }]\n`)).slice(4), [
    'sphere-6-14-13-seed69',
    'sphere-6-14-13-seed24',
  ]);
});

test('an included cell may override a fixed setting', () => {
  const { tasks } = load(
    `${GRID}settings: { steps: 10 }\ninclude: [{ dimensions: [6, 14, 13], seed: 1, steps: 20 }]\n`,
  );
  assert.deepEqual(
    tasks.map(({ settings }) => settings.steps),
    [10, 10, 10, 10, 20],
  );
});

test('without a grid, included cells are the only cells', () => {
  const sweep = load('experiment: linear\nsettings: { seed: 2 }\ninclude: [{ dimensions: [3, 12, 20] }]\n');
  assert.deepEqual(cellsOf(sweep), ['linear-3-12-20-seed2']);
});

test('exclude removes the cells of the grid that match all of its values', () => {
  assert.deepEqual(cellsOf(load(`${GRID}exclude: [{ dimensions: [2, 6, 6], seed: 24 }]\n`)), [
    'sphere-2-6-6-seed69',
    'sphere-4-10-10-seed69',
    'sphere-4-10-10-seed24',
  ]);
  assert.deepEqual(cellsOf(load(`${GRID}exclude: [{ seed: 24 }]\n`)), [
    'sphere-2-6-6-seed69',
    'sphere-4-10-10-seed69',
  ]);
});

test('exclude matches a threshold in any notation', () => {
  const text = `${GRID}  decoderVarianceThreshold: [e^-4, none]\nexclude: [{ decoderVarianceThreshold: 0.01831563888873418 }]\n`;
  assert.equal(load(text).tasks.length, 4);
});

test('--only keeps the tasks with one of the values of every key', () => {
  assert.deepEqual(cellsOf(load(GRID, { only: ['seed=24', 'dimensions=2-6-6,4-10-10'] })), [
    'sphere-2-6-6-seed24',
    'sphere-4-10-10-seed24',
  ]);
  assert.equal(load(GRID, { only: ['dimensions=[2, 6, 6]'] }).tasks.length, 2);
  assert.equal(load(GRID, { only: ['seed=24', 'seed=69'] }).tasks.length, 4);
  assert.equal(load(GRID, { only: ['steps=150000'] }).tasks.length, 4);
});

test('--only distinguishes thresholds that look the same when rounded', () => {
  const text = `${GRID}  decoderVarianceThreshold: [0.01, 0.010000001]\n`;
  assert.equal(load(text, { only: ['decoderVarianceThreshold=0.01'] }).tasks.length, 4);
});

test('--set replaces fixed settings, grid lists and values of included cells', () => {
  const text = `${GRID}settings: { steps: 10 }\ninclude: [{ dimensions: [6, 14, 13], steps: 20 }]\n`;
  const { tasks } = load(text, { set: ['steps=30', 'seed=5'] });
  assert.deepEqual(
    tasks.map(({ settings }) => [settings.intrinsicDim, settings.seed, settings.steps]),
    [
      [2, 5, 30],
      [4, 5, 30],
      [6, 5, 30],
    ],
  );
});

test('--set with several values adds a grid key', () => {
  const { tasks, parts } = load(GRID, { set: ['modelSeed=0,1,2'] });
  assert.equal(tasks.length, 12);
  assert.deepEqual(parts[0]?.varying, ['dimensions', 'seed', 'modelSeed']);
});

test('--set accepts a list for a setting whose values are lists', () => {
  assert.deepEqual(load(GRID, { set: ['hiddenWidths=[50,40]'] }).tasks[0]?.settings.hiddenWidths, [50, 40]);
});

test('an exclusion by a setting that --set replaces no longer applies', () => {
  assert.equal(load(`${GRID}exclude: [{ seed: 24 }]\n`, { set: ['seed=24,25'] }).tasks.length, 4);
});

test('included cells that --set makes equal become one task', () => {
  const text =
    'experiment: linear\nsettings: { dimensions: [3, 12, 20] }\ninclude: [{ seed: 2 }, { seed: 3 }]\n';
  assert.deepEqual(cellsOf(load(text, { set: ['seed=5'] })), ['linear-3-12-20-seed5']);
});

test('a part lists the settings that vary', () => {
  assert.deepEqual(load(GRID).parts[0]?.varying, ['dimensions', 'seed']);
  assert.deepEqual(load(GRID, { only: ['seed=24'] }).parts[0]?.varying, ['dimensions']);
});

test("a sweep has the name of its file unless it sets one; a part has the paper's table", () => {
  const sweep = load(`${GRID}title: Spheres\ntable: table3\n`);
  assert.deepEqual([sweep.name, sweep.title], ['sweep', 'Spheres']);
  assert.deepEqual(
    [sweep.parts[0]?.name, sweep.parts[0]?.table, sweep.parts[0]?.experiment],
    ['sweep', 'table3', 'sphere'],
  );
  assert.equal(load(`name: mine\n${GRID}`).name, 'mine');
  assert.equal(load(GRID).parts[0]?.table, null);
});

const LINEAR = 'experiment: linear\ngrid: { dimensions: [[3, 12, 20]], seed: [2, 3] }\n';

test('a list of sweep files has their parts, and tasks that parts share only once', () => {
  const more = 'experiment: linear\ngrid: { dimensions: [[3, 12, 20]], seed: [3, 4] }\n';
  const sweep = loadFrom(
    {
      'all.yaml': 'title: All\nsweeps: [a.yaml, b.yaml, c.yaml]\n',
      'a.yaml': LINEAR,
      'b.yaml': more,
      'c.yaml': GRID,
    },
    'all.yaml',
  );
  assert.deepEqual([sweep.name, sweep.title, sweep.tasks.length], ['all', 'All', 7]);
  assert.deepEqual(
    sweep.parts.map(({ name, tasks }) => [name, tasks.length]),
    [
      ['a', 2],
      ['b', 2],
      ['c', 4],
    ],
  );
});

test('lists can be nested, and --only drops parts without matching tasks', () => {
  const files = {
    'all.yaml': 'sweeps: [list.yaml, c.yaml]',
    'list.yaml': 'sweeps: [a.yaml]',
    'a.yaml': LINEAR,
    'c.yaml': GRID,
  };
  assert.deepEqual(
    loadFrom(files, 'all.yaml').parts.map(({ name }) => name),
    ['a', 'c'],
  );
  assert.deepEqual(
    loadFrom(files, 'all.yaml', { only: ['seed=69'] }).parts.map(({ name }) => name),
    ['c'],
  );
});

test('shards apply after --only, and divide the tasks of a list together with its parts', () => {
  const files = { 'all.yaml': 'sweeps: [a.yaml, c.yaml]', 'a.yaml': LINEAR, 'c.yaml': GRID };
  const whole = loadFrom(files, 'all.yaml');
  const shards = [1, 2, 3].map((index) => loadFrom(files, 'all.yaml', { shard: { index, count: 3 } }));
  assert.equal(whole.shard, null);
  assert.deepEqual(shards[0]?.shard, { index: 1, count: 3, sweepTasks: whole.tasks.length });
  assert.deepEqual(shards.flatMap(cellsOf).sort(), cellsOf(whole).sort());
  for (const { parts, tasks } of shards) {
    assert.deepEqual(parts.flatMap(cellsOf).sort(), cellsOf({ tasks }).sort());
    assert.ok(parts.every((part) => part.tasks.length > 0));
  }
  const one = loadFrom(files, 'all.yaml', { only: ['seed=69'], shard: { index: 1, count: 2 } });
  assert.deepEqual([one.tasks.length, one.shard?.sweepTasks], [1, 2]);
});

test('a list can replace settings of a file; outer lists override inner ones, and --set overrides all', () => {
  const files = {
    'all.yaml': 'sweeps: [{ file: list.yaml, set: { batchSize: 30 } }]',
    'list.yaml': 'sweeps: [{ file: c.yaml, set: { seed: 7, steps: 20, batchSize: 20 } }]',
    'c.yaml': `${GRID}settings: { steps: 10 }\n`,
  };
  const settings = (set: string[]) =>
    trainingSweep(loadFrom(files, 'all.yaml', { set })).tasks.map(
      ({ settings: { seed, steps, batchSize } }) => [seed, steps, batchSize],
    );
  assert.deepEqual(settings([]), [
    [7, 20, 30],
    [7, 20, 30],
  ]);
  assert.deepEqual(settings(['steps=40'])[0], [7, 40, 30]);
});

test('a grid of more than 100,000 cells needs confirmation, which is checked before it is expanded', () => {
  const list = (n: number) => JSON.stringify(Array.from({ length: n }, (_, i) => i + 1));
  const text = `experiment: linear\nsettings: { dimensions: [3, 12, 20] }\ngrid: { seed: ${list(400)}, modelSeed: ${list(251)} }\n`;
  assert.throws(() => load(text), {
    name: 'InputError',
    message: 'sweep.yaml has 100,400 cells, more than 100,000: pass --huge if this is intended',
  });
  assert.equal(load(text, { allowHuge: true, only: ['modelSeed=7'] }).tasks.length, 400);
  const huge = text.replace('grid: {', `grid: { steps: ${list(400)}, batchSize: ${list(400)},`);
  assert.throws(() => load(huge, { allowHuge: true }), {
    message: 'sweep.yaml has 16,064,000,000 cells; the maximum is 1,000,000: split the sweep',
  });
});
