import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Computation } from '../../../../src/experiments/theory/computations/computation.js';
import { quantities } from '../../../../src/experiments/theory/computations/quantities.js';
import { computations } from '../../../../src/experiments/theory/computations/registry.js';
import { theorySettingsSchema } from '../../../../src/experiments/theory/tasks/theory-settings.js';
import { compute } from './run.js';

const SMALL: Readonly<Record<keyof typeof computations, Readonly<Record<string, unknown>>>> = {
  'gradient-flow': { ambientDim: 5, rank: 2, latentDim: 3 },
  landscape: { ambientDim: 5, rank: 2, latentDim: 6, zeroColumns: 2 },
  'landscape-converse': { ambientDim: 5, rank: 2, latentDim: 6, draws: 20 },
  'bad-optimum': { intrinsicDim: 2, ambientDim: 6, latentDim: 5, extraDims: 2, points: 500 },
  identities: { identity: 'lemma3', draws: 20 },
};

for (const [kind, computation] of Object.entries<Computation>(computations))
  describe(kind, () => {
    const small = SMALL[kind as keyof typeof SMALL];
    const { columns, measures, outcomes } = quantities[kind as keyof typeof SMALL];

    test('yields rows with its columns and returns a verdict with its measures', () => {
      const { rows, verdict } = compute(computation, small);
      assert.ok(rows.length > 5);
      for (const row of rows) assert.deepEqual(Object.keys(row).sort(), Object.keys(columns).sort());
      assert.deepEqual(Object.keys(verdict.measures).sort(), Object.keys(measures).sort());
      assert.ok(verdict.outcome in outcomes);
    });

    test('depends only on its settings', () => {
      assert.deepEqual(compute(computation, small), compute(computation, small));
      assert.notDeepEqual(compute(computation, small).rows, compute(computation, { ...small, seed: 2 }).rows);
    });

    test('can be closed after any row', () => {
      const settings = theorySettingsSchema.parse({ kind, seed: 1, ...small });
      const rows = computation.run(settings);
      rows.next();
      rows.next();
      rows.return({ outcome: '', complete: false, holds: false, measures: {} });
      assert.equal(rows.next().done, true);
    });

    test('has settings that can be stored as JSON', () => {
      const settings: unknown = theorySettingsSchema.parse({ kind, seed: 1, ...small });
      assert.deepEqual(theorySettingsSchema.parse(JSON.parse(JSON.stringify(settings))), settings);
    });

    test('rejects a setting that it does not have', () => {
      assert.equal(theorySettingsSchema.safeParse({ kind, seed: 1, ...small, steps: 3 }).success, false);
    });

    test('reports the expected values of a setting', () => {
      const { error } = theorySettingsSchema.safeParse({ kind, ...small, seed: 0.5 });
      assert.deepEqual(
        error?.issues.map(({ path, message }) => [path, message]),
        [[['seed'], 'expected a whole number from 0 to 2,147,483,647']],
      );
    });
  });
