import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../fast-check.js';
import { unitNumber, WORDS } from '../../src/search/random.js';
import { SAMPLER_NAMES, samplers } from '../../src/search/samplers/index.js';
import { sobolWords } from '../../src/search/samplers/sobol.js';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const dimensions = fc.integer({ min: 0, max: 63 });

/** Returns the point that the usual Gray-code order has at a place. */
const gray = (place: number) => place ^ (place >>> 1);

/** SciPy's `Sobol(64, scramble=False, bits=32)`, point 12,345 in Gray-code order, times 2^32. */
const SCIPY_POINT = [
  2752774144, 3493593088, 688652288, 2262564864, 3816030208, 252968960, 546570240, 486801408, 3443785728,
  1845231616, 319029248, 2571894784, 3998482432, 4045144064, 148111360, 2752249856, 268697600, 218890240,
  1371799552, 1475084288, 855900160, 348913664, 2607022080, 3705405440, 1895563264, 1270087680, 1572077568,
  2070151168, 376700928, 1737228288, 1232338944, 2843475968, 2158755840, 2840330240, 817102848, 3910926336,
  11272192, 1384382464, 4122738688, 4072407040, 925630464, 3438018560, 3273392128, 2458648576, 1240727552,
  2049179648, 4217110528, 1029963776, 2848194560, 2632187904, 3313238016, 1947467776, 38010880, 2644770816,
  3720085504, 2366898176, 1916010496, 4177264640, 1985216512, 4164681728, 464257024, 2695626752, 4165730304,
  1999896576,
];

describe('Sobol points', () => {
  test('are those of SciPy before the scramble', () => {
    const points = Array.from({ length: 8 }, (_, place) =>
      [0, 1, 2, 3].map((dimension) => (sobolWords(dimension, 16)[gray(place)] ?? 0) / WORDS),
    );
    assert.deepEqual(points, [
      [0, 0, 0, 0],
      [0.5, 0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25, 0.25],
      [0.25, 0.75, 0.75, 0.75],
      [0.375, 0.375, 0.625, 0.875],
      [0.875, 0.875, 0.125, 0.375],
      [0.625, 0.125, 0.875, 0.625],
      [0.125, 0.625, 0.375, 0.125],
    ]);
    const all = SCIPY_POINT.map((_, dimension) => sobolWords(dimension, 1 << 14)[gray(12_345)]);
    assert.deepEqual(all, SCIPY_POINT);
  });

  test('have one point in each elementary box of the first two dimensions, also after the scramble', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 8 }), (seed, split) => {
        const [x, y] = [0, 1].map((dimension) => samplers.sobol.coordinates(seed, dimension, 256));
        const boxes = Array.from({ length: 256 }, (_, point) =>
          [(x?.[point] ?? 0) / 2 ** (32 - split), (y?.[point] ?? 0) / 2 ** (24 + split)]
            .map(Math.floor)
            .join(),
        );
        assert.equal(new Set(boxes).size, 256);
      }),
    );
  });
});

for (const name of ['sobol', 'latin-hypercube'] as const)
  test(`${name}: each of the first 2^k points has its own interval of every dimension`, () => {
    fc.assert(
      fc.property(seeds, dimensions, fc.integer({ min: 0, max: 10 }), (seed, dimension, level) => {
        const words = samplers[name].coordinates(seed, dimension, 2 ** level);
        const intervals = Array.from(words, (word) => Math.floor(word / 2 ** (32 - level)));
        assert.equal(new Set(intervals).size, 2 ** level);
      }),
    );
  });

describe('every sampler', () => {
  for (const name of SAMPLER_NAMES) {
    const { coordinates } = samplers[name];

    test(`${name}: a larger count keeps the earlier points`, () => {
      fc.assert(
        fc.property(seeds, dimensions, fc.nat(300), fc.nat(300), (seed, dimension, count, more) => {
          const longer = coordinates(seed, dimension, count + more);
          assert.deepEqual(longer.subarray(0, count), coordinates(seed, dimension, count));
        }),
      );
    });

    test(`${name}: the points are uniform, by chi-squared tests over seeds and over points`, () => {
      const cells = 32;
      const overSeeds = Array.from({ length: 3200 }, (_, seed) => coordinates(seed, 3, 6)[5] ?? 0);
      for (const words of [overSeeds, coordinates(7, 2, 3200)]) {
        const counts = new Float64Array(cells);
        for (const word of words) {
          const cell = Math.floor(unitNumber(word) * cells);
          counts[cell] = (counts[cell] ?? 0) + 1;
        }
        const expected = words.length / cells;
        const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
        // The 99.9% quantile of chi-squared with 31 degrees of freedom. The words are fixed, so the test never fails by chance.
        assert.ok(statistic < 61.1, `${statistic}`);
      }
    });

    test(`${name}: two dimensions, and two seeds, are independent of each other`, () => {
      const count = 1024;
      const a = coordinates(1, 0, count);
      // Scrambles with two seeds keep the order of Sobol points within halves, so that they are independent only on average over seeds.
      const others = name === 'sobol' ? [] : [coordinates(2, 0, count)];
      for (const b of [coordinates(1, 1, count), ...others]) {
        const product = (i: number) => (unitNumber(a[i] ?? 0) - 0.5) * (unitNumber(b[i] ?? 0) - 0.5);
        const correlation = Array.from(a, (_, i) => 12 * product(i)).reduce((x, y) => x + y, 0) / count;
        // Three standard deviations for independent points.
        assert.ok(Math.abs(correlation) < 3 / Math.sqrt(count), `${correlation}`);
      }
    });
  }

  test('the points are the same on every machine', () => {
    assert.deepEqual(
      SAMPLER_NAMES.map((name) => [...samplers[name].coordinates(1, 2, 5)]),
      [
        [4161243239, 2071719429, 2353047524, 2563710487, 1194301698],
        [2895010547, 1522477438, 575440248, 3780038374, 3430817757],
        [350002334, 2758842029, 1251639300, 3388813523, 3977941752],
      ],
    );
  });
});
