import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../fast-check.js';
import type { SettingValues } from '../../src/task/setting-values.js';
import { quantile } from '../../src/search/distributions.js';
import { unitNumber } from '../../src/search/random.js';
import { samplers } from '../../src/search/samplers/index.js';
import type { Space } from '../../src/search/space.js';
import { proposeBatch, type Trial } from '../../src/search/tpe.js';

const SPACE: Space = [
  { name: 'rate', distribution: { kind: 'logUniform', low: 1e-5, high: 1 }, when: {} },
  { name: 'layers', distribution: { kind: 'choice', values: [1, 2, 3] }, when: {} },
  { name: 'width', distribution: { kind: 'intUniform', low: 4, high: 512 }, when: { layers: 2 } },
  { name: 'start', distribution: { kind: 'normal', mean: -3, deviation: 1 }, when: { engine: 'c' } },
];

const lossOf = ({ rate, layers, width = 512, start }: SettingValues) =>
  Math.abs(Math.log10(Number(rate)) + 3) +
  Math.abs(Number(layers) - 2) +
  Number(width) / 512 +
  Math.abs(Number(start) + 2);

function search(
  batches: number,
  batchSize: number,
  seed: number,
  loss: (values: SettingValues) => number | null,
): Trial[] {
  const trials: Trial[] = [];
  for (let batch = 0; batch < batches; batch++)
    for (const values of proposeBatch(SPACE, { seed, batchSize }, [...trials]))
      trials.push({ values, loss: loss(values) });
  return trials;
}

describe('a batch of the tree-structured Parzen estimator', () => {
  test('is a function of the seed and of the results before it', () => {
    assert.deepEqual(search(4, 5, 1, lossOf), search(4, 5, 1, lossOf));
    assert.notDeepEqual(search(4, 5, 1, lossOf), search(4, 5, 2, lossOf));
    const trials = search(4, 5, 1, lossOf);
    const changed = trials.map((trial, i) => (i === 7 ? { ...trial, loss: -1 } : trial));
    const options = { seed: 1, batchSize: 5 };
    assert.notDeepEqual(proposeBatch(SPACE, options, trials), proposeBatch(SPACE, options, changed));
  });

  test('is the same for losses with the same order', () => {
    const cubed = search(5, 4, 3, (values) => lossOf(values) ** 3);
    assert.deepEqual(
      cubed.map(({ values }) => values),
      search(5, 4, 3, lossOf).map(({ values }) => values),
    );
  });

  test('has values of the space, and conditional settings only where their condition holds', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 8 }), (seed, batchSize) => {
        for (const { values } of search(3, batchSize, seed, lossOf)) {
          const { rate, layers, width, start } = values;
          assert.ok(typeof rate === 'number' && rate >= 1e-5 && rate <= 1);
          assert.ok(layers === 1 || layers === 2 || layers === 3);
          assert.equal(width !== undefined, layers === 2);
          assert.ok(
            width === undefined || (Number.isInteger(width) && Number(width) >= 4 && Number(width) <= 512),
          );
          assert.equal(typeof start, 'number');
        }
      }),
      { numRuns: 30 },
    );
  });

  test('repeats no point while the space has others', () => {
    const space: Space = [
      { name: 'layers', distribution: { kind: 'choice', values: [1, 2, 3, 4] }, when: {} },
    ];
    // The points are ten, so that the model is used.
    const trials = [1, 2, 3, 1, 2, 3, 1, 2, 3, 1].map((layers) => ({ values: { layers }, loss: layers }));
    assert.deepEqual(proposeBatch(space, { seed: 1, batchSize: 1 }, trials), [{ layers: 4 }]);
    const all = [...trials, { values: { layers: 4 }, loss: 4 }];
    assert.equal(proposeBatch(space, { seed: 1, batchSize: 1 }, all).length, 1);
  });

  test('avoids points near those that failed', () => {
    const space: Space = [{ name: 'x', distribution: { kind: 'uniform', low: 0, high: 1 }, when: {} }];
    const trials: Trial[] = [];
    while (trials.length < 60)
      for (const values of proposeBatch(space, { seed: 1, batchSize: 4 }, [...trials]))
        trials.push({ values, loss: Number(values['x']) > 0.5 ? null : 1 });
    const failed = trials.slice(20).filter(({ loss }) => loss === null).length;
    assert.ok(failed < 12, `${failed} of 40`);
    const none = trials.map((trial) => ({ ...trial, loss: null }));
    assert.equal(proposeBatch(space, { seed: 1, batchSize: 4 }, none).length, 4);
  });

  test('finds better points than random search with the same budget', () => {
    const best = (trials: readonly Trial[]) => Math.min(...trials.map(({ loss }) => loss ?? Infinity));
    const random = (seed: number) => {
      const columns = SPACE.map((_, dimension) => samplers.random.coordinates(seed, dimension, 60));
      return Array.from({ length: 60 }, (_, point) => {
        const values: SettingValues = Object.fromEntries(
          SPACE.map(({ name, distribution }, i) => [
            name,
            quantile(distribution, unitNumber(columns[i]?.[point] ?? 0)),
          ]),
        );
        return { values, loss: lossOf(values) };
      });
    };
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
    const wins = seeds.filter((seed) => best(search(12, 5, seed, lossOf)) < best(random(seed)));
    assert.ok(wins.length >= 7, `${wins.length} of 8`);
  });
});
