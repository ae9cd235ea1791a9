import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../fast-check.js';
import { settingText } from '../../src/task/settings.js';
import { loadFrom } from '../sweep/sweep-folder.js';
import { identify, trajectoryKey } from '../../src/task/identity.js';
import type { TrainingSettings } from '../../src/experiments/vae/settings/task.js';
import { load, VERSIONS } from '../sweep/sweep-folder.js';

const SETTINGS: TrainingSettings = {
  kind: 'train',
  experiment: 'sphere',
  intrinsicDim: 6,
  ambientDim: 14,
  latentDim: 13,
  seed: 69,
  modelSeed: 0,
  steps: 150_000,
  batchSize: 100,
  learningRate: 1e-4,
  hiddenWidths: [200, 200, 200],
  biases: true,
  decoderNoise: true,
  initialDecoderLogVariance: -3,
  decoderLogVarianceThreshold: -4,
  evaluateEverySteps: 5_000,
  evaluationPoints: 1_000,
  logEverySteps: 1,
  engine: 'compiled',
};

/** A different value for each setting. */
const OTHER: {
  readonly [
    Name in Exclude<
      keyof TrainingSettings,
      | 'kind'
      | 'badOptimumExtraDims'
      | 'randomStreams'
      | 'initialKernelScale'
      | 'roundingSeed'
      | 'decoderVarianceMethod'
      | 'finalDecoderLogVarianceThreshold'
    >
  ]: TrainingSettings[Name];
} = {
  experiment: 'sigmoid',
  intrinsicDim: 5,
  ambientDim: 15,
  latentDim: 12,
  seed: 24,
  modelSeed: 1,
  steps: 150_001,
  batchSize: 99,
  learningRate: 1.0000000001e-4,
  hiddenWidths: [200, 200],
  biases: false,
  decoderNoise: false,
  initialDecoderLogVariance: -1,
  decoderLogVarianceThreshold: null,
  evaluateEverySteps: 5_001,
  evaluationPoints: 1_001,
  logEverySteps: 2,
  engine: 'eager',
};

test('the id of known settings never changes: a change would orphan the results in every store', () => {
  assert.equal(identify(SETTINGS, VERSIONS).name, 'sphere-6-14-13-seed69-e-4-b40ece9e4e67b737');
});

test('the id does not depend on the order of the settings', () => {
  const { id } = identify(SETTINGS, VERSIONS);
  fc.assert(
    fc.property(
      fc.shuffledSubarray(Object.entries(SETTINGS), { minLength: Object.keys(SETTINGS).length }),
      (entries) => {
        assert.equal(identify(Object.fromEntries(entries) as unknown as TrainingSettings, VERSIONS).id, id);
      },
    ),
  );
});

test('the engine xla has the same ids as under its old name, compiled', () => {
  const sweepWith = (engine: string) =>
    loadFrom(
      {
        'a.yaml': `experiment: linear\ngrid: { dimensions: [[1, 2, 1]], seed: [1] }\nsettings: { engine: ${engine} }\n`,
      },
      'a.yaml',
    );
  const [xla] = sweepWith('xla').tasks;
  const [compiled] = sweepWith('compiled').tasks;
  assert.ok(xla && compiled);
  assert.equal(xla.id, compiled.id);
  assert.equal(settingText(xla.settings, 'engine'), 'xla');
});

test('the random streams of the released code give another id', () => {
  assert.notEqual(
    identify({ ...SETTINGS, randomStreams: 'released-code' }, VERSIONS).id,
    identify(SETTINGS, VERSIONS).id,
  );
});

test('a start at a bad optimum gives another id, and none stores no field', () => {
  assert.notEqual(
    identify({ ...SETTINGS, badOptimumExtraDims: 1 }, VERSIONS).id,
    identify({ ...SETTINGS, badOptimumExtraDims: 2 }, VERSIONS).id,
  );
  const text = (extra: string) =>
    `experiment: sigmoid\nsettings: { dimensions: [3, 7, 6], seed: 2${extra} }\n`;
  const [plain, none] = ['', ', badOptimumExtraDims: none'].map((extra) => load(text(extra)).tasks[0]);
  assert.deepEqual(none, plain);
  assert.ok(!Object.hasOwn(plain?.settings ?? {}, 'badOptimumExtraDims'));
});

test('an initial scale gives another id, and a scale of 1 stores no field', () => {
  assert.notEqual(
    identify({ ...SETTINGS, initialKernelScale: 2 }, VERSIONS).id,
    identify(SETTINGS, VERSIONS).id,
  );
  const text = (extra: string) =>
    `experiment: linear\nsettings: { dimensions: [3, 7, 6], seed: 2${extra} }\n`;
  const [plain, one] = ['', ', initialKernelScale: 1'].map((extra) => load(text(extra)).tasks[0]);
  assert.deepEqual(one, plain);
  assert.ok(!Object.hasOwn(plain?.settings ?? {}, 'initialKernelScale'));
});

test('a rounding seed gives another id, and none stores no field', () => {
  const text = (extra: string) =>
    `experiment: linear\nsettings: { dimensions: [3, 7, 6], seed: 2${extra} }\n`;
  const [plain, none, zero, one] = ['', ', roundingSeed: none', ', roundingSeed: 0', ', roundingSeed: 1'].map(
    (extra) => load(text(extra)).tasks[0],
  );
  assert.deepEqual(none, plain);
  assert.ok(!Object.hasOwn(plain?.settings ?? {}, 'roundingSeed'));
  assert.equal(new Set([plain, zero, one].map((task) => task?.id)).size, 3);
});

test('an optimal decoder variance and an annealed bound give other ids, and their defaults store no field', () => {
  const ids = [
    {},
    { decoderVarianceMethod: 'optimal' },
    { finalDecoderLogVarianceThreshold: -8 },
    { finalDecoderLogVarianceThreshold: -6 },
  ].map((extra) => identify({ ...SETTINGS, ...extra } as TrainingSettings, VERSIONS).id);
  assert.equal(new Set(ids).size, ids.length);
  const text = (extra: string) =>
    `experiment: sphere\nsettings: { dimensions: [3, 7, 6], seed: 2${extra} }\n`;
  const [plain, defaults] = ['', ', decoderVarianceMethod: trained, finalDecoderVarianceThreshold: none'].map(
    (extra) => load(text(extra)).tasks[0],
  );
  assert.deepEqual(defaults, plain);
});

test('only tasks with a constant bound continue from tasks with fewer steps', () => {
  const trajectory = (extra: Partial<TrainingSettings>) =>
    trajectoryKey(identify({ ...SETTINGS, ...extra }, VERSIONS));
  assert.equal(trajectory({ steps: 10 }), trajectory({ steps: 20 }));
  assert.equal(trajectory({ finalDecoderLogVarianceThreshold: -8 }), null);
});

test('an optimal decoder variance has no decoder noise, and an annealed bound has a value at the start', () => {
  const text = (extra: string) =>
    `experiment: sphere\nsettings: { dimensions: [3, 7, 6], seed: 2, ${extra} }\n`;
  assert.throws(
    () => load(text('decoderVarianceMethod: optimal, decoderNoise: true')),
    /the optimal decoder variance is computed from an error without noise: set decoderNoise to false/,
  );
  assert.throws(
    () => load(text('finalDecoderVarianceThreshold: e^-8')),
    /the bound has no value at the start: set decoderVarianceThreshold too/,
  );
});

test('an annealed bound that does not fall is refused, which would repeat a task or rise', () => {
  const bounds = (start: string, final: string) =>
    load(
      `experiment: sphere\nsettings: { dimensions: [3, 7, 6], seed: 2, decoderVarianceThreshold: ${start}, finalDecoderVarianceThreshold: ${final} }\n`,
    ).tasks.length;
  for (const final of ['e^-4', 'e^-2', '7'])
    assert.throws(
      () => bounds('e^-4', final),
      /expected a final bound below decoderVarianceThreshold, which is e\^-4, got (e\^-4|e\^-2|7):/,
      final,
    );
  assert.throws(() => bounds('0.01', '0.01'), /which is 0\.01, got 0\.01:/);
  assert.equal(bounds('e^-4', 'e^-4.01'), 1);
});

test('an initial variance is refused with the optimal one, which would repeat a task under another id', () => {
  const text = (method: string) =>
    `experiment: sphere\ngrid: { initialDecoderLogVariance: [-3, -1] }\nsettings: { dimensions: [3, 7, 6], seed: 2, decoderVarianceMethod: ${method} }\n`;
  assert.throws(
    () => load(text('optimal')),
    /the optimal decoder variance does not depend on an initial one: remove initialDecoderLogVariance/,
  );
  assert.equal(load(text('trained')).tasks.length, 2);
});

test('the start at a bad optimum has no kernels to scale', () => {
  assert.throws(
    () =>
      load(
        'experiment: sigmoid\nsettings: { dimensions: [3, 7, 6], seed: 2, badOptimumExtraDims: 1, initialKernelScale: 2 }\n',
      ),
    /the bad optimum has no drawn kernels that can be scaled: remove initialKernelScale/,
  );
});

test('a change of any setting or version gives another id', () => {
  const ids = Object.entries(OTHER).map(
    ([name, value]) => identify({ ...SETTINGS, [name]: value }, VERSIONS).id,
  );
  ids.push(identify(SETTINGS, VERSIONS).id);
  ids.push(identify(SETTINGS, { ...VERSIONS, tensorflow: '2.20.0' }).id);
  ids.push(identify(SETTINGS, { ...VERSIONS, numerics: 2 }).id);
  assert.deepEqual(
    Object.keys(OTHER).sort(),
    Object.keys(SETTINGS)
      .filter((name) => name !== 'kind')
      .sort(),
  );
  assert.equal(new Set(ids).size, ids.length);
});

test('an explicit default gives the same id as an omitted one', () => {
  const given = {
    modelSeed: 0,
    steps: 150_000,
    batchSize: 100,
    learningRate: 1e-4,
    hiddenWidths: [200, 200, 200],
    biases: true,
    decoderNoise: false,
    initialDecoderLogVariance: -3,
    decoderVarianceThreshold: 'none',
    evaluateEverySteps: 5_000,
    evaluationPoints: 1_000,
    logEverySteps: 1,
    engine: 'c',
  };
  const needed = { dimensions: [6, 14, 13], seed: 69 };
  const idOf = (settings: object) => load(JSON.stringify({ experiment: 'sphere', settings })).tasks[0]?.id;
  const bare = idOf(needed);
  fc.assert(
    fc.property(fc.shuffledSubarray(Object.entries(given)), (entries) => {
      assert.equal(idOf({ ...Object.fromEntries(entries), ...needed }), bare);
    }),
    { numRuns: 50 },
  );
});

test('a name shows data, threshold and model seed, and is a safe file name', () => {
  const nameOf = (settings: Partial<TrainingSettings>) =>
    identify({ ...SETTINGS, ...settings }, VERSIONS).name.slice(0, -17);
  assert.equal(nameOf({ decoderLogVarianceThreshold: null }), 'sphere-6-14-13-seed69');
  assert.equal(nameOf({ modelSeed: 5 }), 'sphere-6-14-13-seed69-e-4-model5');
  assert.equal(nameOf({ finalDecoderLogVarianceThreshold: -8 }), 'sphere-6-14-13-seed69-e-4-to-e-8');
  assert.equal(nameOf({ decoderVarianceMethod: 'optimal' }), 'sphere-6-14-13-seed69-e-4-optimal');
  assert.equal(nameOf({ decoderLogVarianceThreshold: -4.60517018599 }), 'sphere-6-14-13-seed69-var0.01');
  assert.equal(nameOf({ decoderLogVarianceThreshold: Math.log(1e-9) }), 'sphere-6-14-13-seed69-var1e-9');
  fc.assert(
    fc.property(fc.double({ min: -80, max: 80, noNaN: true }), (decoderLogVarianceThreshold) => {
      assert.match(
        identify({ ...SETTINGS, decoderLogVarianceThreshold }, VERSIONS).name,
        /^[a-z0-9.+-]{1,100}$/,
      );
    }),
  );
});
