import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../fast-check.js';
import { SAMPLER_NAMES } from '../../src/search/samplers/index.js';
import { load, loadFrom } from './sweep-folder.js';

const sweep = (sample: string, space: string, more = '') =>
  `experiment: sphere\ngrid: { dimensions: [[2, 6, 6]], seed: [1, 2] }\nsample: ${sample}\nspace: { ${space} }\n${more}`;
const RATE = 'learningRate: { logUniform: [1.0e-5, 1.0e-2] }';
const BATCH = 'batchSize: { intUniform: [10, 500] }';
const WIDTHS = 'hiddenWidths: { choice: [[50], [60, 60], [70, 70, 70]] }';
const SPACE = [RATE, BATCH, WIDTHS].join(', ');

/** The first three points of RATE. */
const RATES = [0.00162794, 0.0000791425, 0.00663828];

const idsOf = ({ tasks }: { readonly tasks: readonly { readonly id: string }[] }) =>
  tasks.map(({ id }) => id);
const ratesOf = (text: string, set: string[] = []) =>
  load(text, { set }).tasks.map(({ settings }) => settings.learningRate);

describe('a sampled sweep', () => {
  test('combines each point with each cell of the grid, the points varying slowest', () => {
    const { tasks, parts } = load(sweep('{ count: 3 }', RATE));
    assert.deepEqual(
      tasks.map(({ settings }) => [settings.learningRate, settings.seed]),
      RATES.flatMap((rate) => [
        [rate, 1],
        [rate, 2],
      ]),
    );
    assert.deepEqual(parts[0]?.varying, ['seed', 'learningRate']);
  });

  test('has 64 Sobol points by default', () => {
    const text = sweep('{}', RATE);
    assert.equal(load(text).tasks.length, 128);
    assert.deepEqual(idsOf(load(text)), idsOf(load(sweep('{ count: 64, method: sobol, seed: 0 }', RATE))));
  });

  test('keeps the tasks of earlier points when the count rises', () => {
    const counts = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 40 }));
    const properties = fc.property(
      fc.constantFrom(...SAMPLER_NAMES),
      fc.nat(1000),
      counts,
      (method, seed, [count, more]) => {
        const at = (n: number) =>
          idsOf(load(sweep(`{ count: ${n}, method: ${method}, seed: ${seed} }`, SPACE)));
        assert.deepEqual(at(count + more).slice(0, 2 * count), at(count));
      },
    );
    fc.assert(properties, { numRuns: 20 });
  });

  test('keeps the values of a setting when another one is appended or overridden', () => {
    const rates = [...new Set(ratesOf(sweep('{ count: 8 }', RATE)))];
    assert.deepEqual([...new Set(ratesOf(sweep('{ count: 8 }', SPACE)))], rates);
    const swapped = sweep('{ count: 8 }', [BATCH, RATE].join(', '));
    assert.deepEqual(ratesOf(swapped, ['batchSize=100']), ratesOf(swapped));
    assert.equal(load(swapped, { set: ['batchSize=100'] }).tasks[0]?.settings.batchSize, 100);
  });

  test('converts drawn values to the canonical form of the setting', () => {
    const space = 'decoderVarianceThreshold: { logUniform: [0.01, 0.1] }';
    for (const { settings } of load(sweep('{ count: 4 }', space)).tasks) {
      const { decoderLogVarianceThreshold: threshold } = settings;
      assert.ok(threshold !== null && threshold > Math.log(0.01) && threshold < Math.log(0.1));
    }
  });

  test('repeats no task: equal points are counted as duplicates', () => {
    const { tasks, skipped } = load(sweep('{ count: 32 }', WIDTHS));
    assert.equal(tasks.length, 6);
    assert.deepEqual(skipped, { notAllowed: 0, example: null, duplicates: 58 });
  });

  test('skips combinations that the experiment does not allow, and counts them', () => {
    const space = 'dimensions: { choice: [[2, 6, 6], [5, 5, 6]] }';
    const text = `experiment: sphere\ngrid: { seed: [1, 2, 3] }\nsample: { count: 4 }\nspace: { ${space}, ${RATE} }\n`;
    const { tasks, skipped } = load(text);
    assert.equal(tasks.length, 6);
    assert.deepEqual(skipped, {
      notAllowed: 6,
      example: 'expected an ambient dimension of at least 6 (the intrinsic dimension + 1), got 5',
      duplicates: 0,
    });
    assert.ok(tasks.every(({ settings }) => settings.intrinsicDim === 2));
  });

  test('is an error if no combination is allowed', () => {
    const space = 'dimensions: { choice: [[5, 5, 6]] }';
    assert.throws(
      () => load(`experiment: sphere\ngrid: { seed: [1] }\nsample: { count: 4 }\nspace:\n  ${space}\n`),
      {
        message:
          'sweep.yaml:5:15: space.dimensions: expected an ambient dimension of at least 6 (the intrinsic dimension + 1), got 5',
      },
    );
  });

  test('leaves a setting at its default where its condition does not hold', () => {
    const space = `${WIDTHS}, initialDecoderLogVariance: { uniform: [-2, -1], when: { hiddenWidths: [50] } }`;
    const { tasks } = load(sweep('{ count: 16 }', space));
    const isConditional = tasks.map(({ settings: { hiddenWidths, initialDecoderLogVariance: start } }) =>
      hiddenWidths.length === 1 ? start > -2 && start < -1 : start === -3,
    );
    assert.ok(isConditional.every(Boolean));
    assert.equal(new Set(tasks.map(({ settings }) => settings.hiddenWidths.length)).size, 3);
  });

  test('checks conditions against the grid, and against values of --set', () => {
    const text = sweep('{ count: 4 }', 'batchSize: { intUniform: [10, 500], when: { seed: 2 } }');
    assert.deepEqual(
      load(text).tasks.map(({ settings }) => settings.seed === 1 && settings.batchSize !== 100),
      load(text).tasks.map(() => false),
    );
    assert.ok(load(text, { set: ['seed=3'] }).tasks.every(({ settings }) => settings.batchSize === 100));
    assert.ok(load(text, { set: ['batchSize=7'] }).tasks.every(({ settings }) => settings.batchSize === 7));
  });

  test('combines included cells with the points, unless they set all sampled settings', () => {
    const include = 'include: [{ learningRate: 0.5, batchSize: 20 }, { learningRate: 0.25 }]\n';
    const { tasks } = load(sweep('{ count: 3 }', [RATE, BATCH].join(', '), include));
    const rates = tasks.map(({ settings }) => settings.learningRate);
    assert.equal(rates.filter((rate) => rate === 0.5).length, 2);
    assert.equal(rates.filter((rate) => rate === 0.25).length, 6);
    assert.equal(tasks.length, 14);
  });

  test('leaves out excluded points', () => {
    const text = sweep('{ count: 32 }', WIDTHS, 'exclude: [{ hiddenWidths: [60, 60], seed: 1 }]\n');
    assert.equal(load(text).tasks.length, 5);
  });

  test('supports --only, shards and lists of sweeps', () => {
    const text = sweep('{ count: 8 }', SPACE);
    const [first] = load(text).tasks;
    assert.equal(load(text, { only: [`learningRate=${first?.settings.learningRate ?? 0}`] }).tasks.length, 2);
    const shards = [1, 2].map((index) => load(text, { shard: { index, count: 2 } }));
    assert.equal(shards.flatMap(idsOf).length, 16);
    const listed = loadFrom(
      { 'all.yaml': 'sweeps: [{ file: a.yaml, set: { batchSize: 9 } }]', 'a.yaml': text },
      'all.yaml',
    );
    assert.deepEqual(idsOf(listed), idsOf(load(text, { set: ['batchSize=9'] })));
  });

  test('is refused before it is expanded if it has too many cells', () => {
    const seeds = Array.from({ length: 11 }, (_, i) => i).join();
    const text = sweep('{ count: 10000 }', SPACE).replace('[1, 2]', `[${seeds}]`);
    assert.throws(() => load(text), {
      message: 'sweep.yaml has 110,000 cells, more than 100,000: pass --huge if this is intended',
    });
  });
});

test("rungs of tasks that can't continue are estimated with all their steps", () => {
  const fractions = (settings: string) => {
    const text = `experiment: sphere
grid: { learningRate: [1e-4, 2e-4, 3e-4, 4e-4] }
settings: { dimensions: [2, 6, 6], seed: 1, decoderVarianceThreshold: e^-2${settings} }
halving: { metric: loss, goal: min, min: 100, max: 400, factor: 2 }
`;
    return load(text).searches[0]?.planned.map(({ fraction }) => fraction);
  };
  assert.deepEqual(fractions(''), [1, 0.5, 0.5]);
  assert.deepEqual(fractions(', finalDecoderVarianceThreshold: e^-8'), [1, 1, 1]);
});
