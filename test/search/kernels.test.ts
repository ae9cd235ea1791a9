import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../fast-check.js';
import { quantile, shareOf, type Distribution } from '../../src/search/distributions.js';
import { normalShare } from '../../src/search/elementary.js';
import { kernelsAround } from '../../src/search/kernels.js';

const DISTRIBUTIONS: readonly Distribution[] = [
  { kind: 'uniform', low: -3, high: 5 },
  { kind: 'logUniform', low: 1e-5, high: 1e-1 },
  { kind: 'intUniform', low: 1, high: 7 },
  { kind: 'normal', mean: 2, deviation: 3 },
  { kind: 'choice', values: ['a', [1, 2], 3] },
];

test('the normal distribution function agrees with SciPy', () => {
  const scipy: [number, number][] = [
    [-7, 1.279812543885835e-12],
    [-5, 2.8665157187919333e-7],
    [-1, 0.15865525393145707],
    [0.3, 0.6179114221889526],
    [4, 0.9999683287581669],
  ];
  for (const [x, expected] of scipy)
    assert.ok(Math.abs(normalShare(x) - expected) < 1e-15, `${x}: ${normalShare(x)}`);
});

for (const distribution of DISTRIBUTIONS)
  describe(`kernels of ${distribution.kind}`, () => {
    const values = [0.1, 0.5, 0.52, 0.97].map((share) => quantile(distribution, share));
    const kernels = kernelsAround(distribution, [...values, undefined]);

    const valueAt = (share: number) => quantile(distribution, share);

    test('a share is the inverse of a quantile', () => {
      fc.assert(
        fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (share) => {
          const value = quantile(distribution, share);
          const again = quantile(distribution, shareOf(distribution, value));
          const isNear =
            typeof value === 'number' && Math.abs(Number(again) - value) <= 1e-5 * (1 + Math.abs(value));
          assert.ok(isNear || again === value);
        }),
      );
    });

    test('have densities with mean 1 over the distribution of the setting', () => {
      const points = 20_000;
      for (const kernel of [...values.keys(), values.length]) {
        let sum = 0;
        for (let i = 0; i < points; i++)
          sum += kernels.densitiesAt(quantile(distribution, (i + 0.5) / points))(kernel);
        assert.ok(Math.abs(sum / points - 1) < 1e-3, `${kernel}: ${sum / points}`);
      }
    });

    test('are drawn with their density: the part of draws below a value is the integral of the density', () => {
      const points = 20_000;
      const grid = Array.from({ length: points }, (_, i) => (i + 0.5) / points);
      for (const kernel of [...values.keys(), values.length])
        for (const limit of [0.3, 0.6]) {
          const drawn = grid.filter((p) => shareOf(distribution, valueAt(kernels.share(kernel, p))) <= limit);
          const below = grid.filter((share) => shareOf(distribution, valueAt(share)) <= limit);
          const density = below.reduce((sum, share) => sum + kernels.densitiesAt(valueAt(share))(kernel), 0);
          assert.ok(
            Math.abs(drawn.length - density) < 0.002 * points,
            `${kernel}: ${drawn.length}, ${density}`,
          );
        }
    });
  });
