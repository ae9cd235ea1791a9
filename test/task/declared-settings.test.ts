import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { deriveSettings, plainSetting } from '../../src/task/declared-settings.js';
import { numberWithin } from '../../src/task/setting-values.js';
import {
  trainingSettings,
  type TrainingDefaults,
} from '../../src/experiments/vae/settings/training-settings.js';

const DEFAULTS: TrainingDefaults = {
  steps: 10,
  learningRate: 0.1,
  hiddenWidths: [],
  initialDecoderLogVariance: -1,
};
const VALUES = { dimensions: [1, 2, 1], seed: 3 };

describe('a declared training setting', () => {
  const momentum = plainSetting('momentum', {
    schema: numberWithin(0, 1).describe('Momentum of the optimizer. Default: 0.'),
    stored: z.number(),
    column: { type: 'float64', unit: '1', description: 'Momentum of the optimizer' },
    defaultOf: () => 0,
    isCompiled: true,
  });
  const before = deriveSettings<typeof trainingSettings, TrainingDefaults>(trainingSettings);
  const settings = { ...trainingSettings, momentum };
  const after = deriveSettings<typeof settings, TrainingDefaults>(settings);

  it('is validated in sweep files, and has its description in the reference', () => {
    const schema = after.schemas['momentum'];
    assert.ok(schema);
    assert.equal(schema.parse(0.9), 0.9);
    assert.match(schema.safeParse(2).error?.message ?? '', /expected a number from 0 to 1/);
    assert.equal(schema.description, 'Momentum of the optimizer. Default: 0.');
    assert.deepEqual(after.required, ['dimensions', 'seed']);
  });

  it('adds a stored field after the existing ones, which can be read back', () => {
    const fields = after.resolve({ ...VALUES, momentum: 0.9 }, DEFAULTS);
    assert.deepEqual(fields, { ...before.resolve(VALUES, DEFAULTS), momentum: 0.9 });
    assert.deepEqual(Object.keys(fields).at(-1), 'momentum');
    assert.equal(after.settingOf(fields, 'momentum'), 0.9);
    assert.equal(after.resolve(VALUES, DEFAULTS).momentum, 0);
    assert.deepEqual(z.object(after.storedShape).parse(fields), fields);
  });

  it('is a column of exports', () => {
    assert.deepEqual(after.columns['momentum'], momentum.columns.momentum);
    assert.deepEqual(Object.keys(after.columns), [...Object.keys(before.columns), 'momentum']);
  });

  it('is part of the key of compiled programs', () => {
    const keyOf = (value: number) =>
      after.programKey(after.resolve({ ...VALUES, momentum: value }, DEFAULTS));
    assert.notEqual(keyOf(0), keyOf(0.9));
    const ofSeed = (seed: number) => after.programKey(after.resolve({ ...VALUES, seed }, DEFAULTS));
    assert.equal(ofSeed(3), ofSeed(4), 'a seed is an input of the program');
  });
});

describe('training settings', () => {
  const derived = deriveSettings<typeof trainingSettings, TrainingDefaults>(trainingSettings);

  it('do not store defaults of settings that older tasks do not have', () => {
    const fields = derived.resolve(
      { ...VALUES, randomStreams: 'fold-in', badOptimumExtraDims: null },
      DEFAULTS,
    );
    assert.ok(!('randomStreams' in fields) && !('badOptimumExtraDims' in fields));
    assert.equal(derived.settingOf(fields, 'randomStreams'), 'fold-in');
    assert.equal(derived.settingOf(fields, 'badOptimumExtraDims'), null);
  });

  it('reject a cell without a required setting', () => {
    assert.throws(() => derived.resolve({ seed: 1 }, DEFAULTS), /The setting dimensions has no value/);
    assert.throws(() => derived.settingOf({}, 'nothing'), /There is no setting nothing/);
  });
});
