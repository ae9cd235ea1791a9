import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALL_SETTINGS, RATE, rejects } from './search-errors.js';
import { load } from './sweep-folder.js';

describe('a space', () => {
  test('rejects ranges that are the wrong way round or have no logarithm', () => {
    rejects(
      'learningRate: { uniform: [2, 1] }',
      '3:35: space.learningRate.uniform: expected [low, high], the smaller number first, got [2,1]',
    );
    rejects(
      'learningRate: { logUniform: [0, 1] }',
      '3:39: space.learningRate.logUniform[0]: expected a number above 0, which has a logarithm, or use `uniform`, got 0',
    );
    rejects(
      'batchSize: { intUniform: [1, 1.5] }',
      '3:39: space.batchSize.intUniform[1]: expected a whole number, or use `uniform`, got 1.5',
    );
    rejects(
      'initialDecoderLogVariance: { normal: [0.5, 0] }',
      '3:53: space.initialDecoderLogVariance.normal[1]: expected a standard deviation above 0, got 0',
    );
    rejects(
      'learningRate: { uniform: [1, .inf] }',
      '3:39: space.learningRate.uniform[1]: expected [low, high], two numbers, got Infinity',
    );
    rejects(
      'learningRate: { uniform: 1 }',
      '3:35: space.learningRate.uniform: expected [low, high], two numbers, got 1',
    );
  });

  test('rejects an unknown distribution, none, or several', () => {
    rejects(
      'learningRate: { loguniform: [1, 2] }',
      '3:26: space.learningRate.loguniform: unknown key; did you mean "logUniform"? Allowed: uniform, logUniform, intUniform, normal, choice, when',
    );
    rejects(
      'learningRate: {}',
      '3:24: space.learningRate: expected one distribution: uniform, logUniform, intUniform, normal, choice, for example { uniform: [0, 1] }, got {}',
    );
    rejects(
      'learningRate: { uniform: [1, 2], normal: [1, 2] }',
      '3:24: space.learningRate: expected one distribution: uniform, logUniform, intUniform, normal, choice, for example { uniform: [0, 1] }, got {"normal":[1,2],"uniform":[1,2]}',
    );
    rejects(
      'lerningRate: { uniform: [1, 2] }',
      `3:10: space.lerningRate: unknown key; did you mean "learningRate"? Allowed: ${ALL_SETTINGS}`,
    );
    rejects(
      'learningRate: { choice: [] }',
      '3:34: space.learningRate.choice: expected a list of at least one value, got []',
    );
    rejects(
      'learningRate: { choice: [1, 2, 1] }',
      '3:41: space.learningRate.choice[2]: duplicate value: expected distinct values, got 1',
    );
  });

  test('rejects values that the setting does not accept, at the ends of ranges', () => {
    rejects(
      'learningRate: { uniform: [0.5, 20] }',
      '3:41: space.learningRate.uniform[1]: expected a number from 1e-12 to 10, got 20',
    );
    rejects(
      'batchSize: { uniform: [10, 20] }',
      '3:32: space.batchSize.uniform: expected a whole number from 1 to 100,000, also between the ends: use `intUniform` or `choice`, got [10,20]',
    );
    rejects(
      'engine: { uniform: [0, 1] }',
      '3:30: space.engine.uniform[0]: expected one of c, xla, eager, got 0',
    );
    rejects(
      'engine: { choice: [c, fast] }',
      '3:32: space.engine.choice[1]: expected one of c, xla, eager, got "fast"',
    );
    rejects(
      'learningRate: { normal: [0.001, 0.1] }',
      '3:34: space.learningRate.normal: point 2 has the value -0.0515926, which the setting does not accept: expected a number from 1e-12 to 10',
    );
  });

  test('rejects settings that are also set elsewhere, and `space` or `sample` alone', () => {
    rejects(
      'seed: { intUniform: [1, 9] }',
      '3:10: space.seed: also a key of `grid`: set it in one place only',
    );
    rejects(
      RATE,
      '3:10: space.learningRate: also a key of `settings`: set it in one place only',
      '{ count: 4 }',
      'settings: { learningRate: 1 }\n',
    );
    assert.throws(() => load(`experiment: sphere\nspace: { ${RATE} }\n`), {
      message: 'sweep.yaml:2:1: space: requires `sample`, for example sample: { count: 64 }',
    });
    assert.throws(() => load('experiment: sphere\nsample: {}\n'), {
      message:
        'sweep.yaml:2:1: sample: requires `space`, for example space: { learningRate: { logUniform: [1e-5, 1e-2] } }',
    });
  });

  test('rejects conditions that are unknown, circular or never hold', () => {
    rejects(
      'learningRate: { uniform: [0.1, 0.2], when: { engin: c } }',
      `3:55: space.learningRate.when.engin: unknown key; did you mean "engine"? Allowed: ${ALL_SETTINGS}`,
    );
    rejects(
      'learningRate: { uniform: [0.1, 0.2], when: { engine: fast } }',
      '3:63: space.learningRate.when.engine: expected one of c, xla, eager, got "fast"',
    );
    rejects(
      'learningRate: { uniform: [0.1, 0.2], when: { engine: xla } }',
      '3:55: space.learningRate.when.engine: engine does not vary: add it to `space` or `grid`',
    );
    rejects(
      'learningRate: { uniform: [0.1, 0.2], when: { seed: 2 } }',
      '3:61: space.learningRate.when.seed: never holds: no cell has seed 2',
    );
    rejects(
      'learningRate: { uniform: [0.1, 0.2], when: 3 }',
      '3:53: space.learningRate.when: expected a mapping of settings to values, got 3',
    );
    rejects(
      'learningRate: { uniform: [0.1, 0.2], when: { learningRate: 0.1 } }',
      '3:47: space.learningRate.when: circular: learningRate depends on itself',
    );
    assert.throws(
      () =>
        load(
          'experiment: sphere\ngrid: { dimensions: [[2, 6, 6]], engine: [c, xla] }\nsample: {}\nspace:\n  seed: { intUniform: [1, 2], when: { engine: c } }\n',
        ),
      { message: 'sweep.yaml:5:31: space.seed.when: every task of sphere needs seed: remove `when`' },
    );
  });

  test('rejects exclusions of values that its choices do not have', () => {
    rejects(
      'batchSize: { choice: [1, 2] }',
      '5:24: exclude[0].batchSize: excludes nothing: the space has no batchSize 3, only 1, 2',
      '{}',
      'exclude: [{ batchSize: 3 }]\n',
    );
  });
});

describe('`sample`', () => {
  test('rejects an unknown method, and counts and seeds out of bounds', () => {
    rejects(
      RATE,
      '4:19: sample.method: expected one of random, sobol, latin-hypercube, tpe, got "halton"',
      '{ method: halton }',
    );
    rejects(RATE, '4:18: sample.count: expected a whole number from 1 to 100,000, got 0', '{ count: 0 }');
    rejects(
      RATE,
      '4:18: sample.count: expected a whole number from 1 to 100,000, got 100001',
      '{ count: 100001 }',
    );
    rejects(
      RATE,
      '4:17: sample.seed: expected a seed, a whole number from 0 to 2,147,483,647, got -1',
      '{ seed: -1 }',
    );
    rejects(
      RATE,
      '4:11: sample.points: unknown key. Allowed: count, method, seed, batch, metric, goal',
      '{ points: 3 }',
    );
    rejects(
      RATE,
      '4:9: sample: expected a mapping such as { count: 64, method: sobol, seed: 1 }, got 7',
      '7',
    );
  });
});
