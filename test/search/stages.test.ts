import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../fast-check.js';
import { mean } from 'simple-statistics';
import '../../src/experiments/index.js';
import { rungBudgets } from '../../src/search/halving.js';
import { halvingStages, tpeStages, type ReadStage, type TpeSearch } from '../../src/search/stages.js';
import type { SettingValues } from '../../src/task/setting-values.js';
import type { Task } from '../../src/task/task.js';

const HALVING = {
  metric: 'loss',
  goal: 'min',
  unit: 'steps',
  min: 1,
  max: 27,
  factor: 3,
  brackets: 1,
} as const;
const BUDGETS = rungBudgets(HALVING);

/** Stands in for a task, of which stages use only the id. */
function taskNamed(id: string): Task {
  return { id, name: id, settings: { kind: 'none' }, versions: {} };
}

function ladders(candidates: number, seeds = 2): Task[][][] {
  return Array.from({ length: candidates }, (_, candidate) =>
    BUDGETS.map((budget) =>
      Array.from({ length: seeds }, (_, seed) => taskNamed(`${candidate}-${seed}-${budget}`)),
    ),
  );
}

/** Returns the metric of each task that has ended. */
function reader(value: (id: string) => number | null | undefined): ReadStage {
  return (_metric, candidates) => {
    const values = candidates.map((tasks) => tasks.map(({ id }) => value(id)));
    return values.flat().includes(undefined) ? null : (values as (number | null)[][]);
  };
}

const results = fc.dictionary(
  fc.tuple(fc.nat(8), fc.nat(1), fc.constantFrom(...BUDGETS)).map((parts) => parts.join('-')),
  fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(null)),
  { minKeys: 10, maxKeys: 60, noNullPrototype: true },
);

describe('the stages of successive halving', () => {
  test('promote the best third to the next rung, and end with one candidate', () => {
    const { stages, planned } = halvingStages(
      HALVING,
      ladders(9),
      true,
      reader((id) => Number(id[0])),
    );
    assert.deepEqual(
      stages.map(({ candidates }) => candidates.map(([first]) => first?.id)),
      [Array.from({ length: 9 }, (_, i) => `${i}-0-1`), ['0-0-3', '1-0-3', '2-0-3'], ['0-0-9'], ['0-0-27']],
    );
    assert.deepEqual(
      planned.map(({ name, candidates, tasks, fraction }) => [name, candidates, tasks, fraction]),
      [
        ['rung 1 of 4 (1 steps)', 9, 18, 1],
        ['rung 2 of 4 (3 steps)', 3, 6, 2 / 3],
        ['rung 3 of 4 (9 steps)', 1, 2, 2 / 3],
        ['rung 4 of 4 (27 steps)', 1, 2, 2 / 3],
      ],
    );
  });

  test('wait for every task of a rung', () => {
    const { stages } = halvingStages(
      HALVING,
      ladders(9),
      true,
      reader((id) => (id === '8-1-1' ? undefined : 0)),
    );
    assert.equal(stages.length, 1);
    assert.equal(stages[0]?.ranking, null);
  });

  test('end if all candidates of a rung failed', () => {
    const { stages } = halvingStages(
      HALVING,
      ladders(9),
      true,
      reader((id) => (id.endsWith('-3') ? null : 1)),
    );
    assert.deepEqual(
      stages.map(({ ranking }) => ranking?.filter(({ isPromoted }) => isPromoted).length),
      [3, 0, 0, 0],
    );
    assert.deepEqual(
      stages.map(({ candidates }) => candidates.length),
      [9, 3, 0, 0],
    );
  });

  test('divide the candidates among brackets that start at higher rungs, one bracket after another', () => {
    const run = (read: ReadStage) => halvingStages({ ...HALVING, brackets: 3 }, ladders(20), true, read);
    const { stages, planned } = run(reader((id) => -Number(id.split('-')[0])));
    const names = planned.map(({ name }) => name);
    assert.deepEqual(names.slice(0, 5), [
      'bracket 1 of 3, rung 1 of 4 (1 steps)',
      'bracket 1 of 3, rung 2 of 4 (3 steps)',
      'bracket 1 of 3, rung 3 of 4 (9 steps)',
      'bracket 1 of 3, rung 4 of 4 (27 steps)',
      'bracket 2 of 3, rung 1 of 3 (3 steps)',
    ]);
    assert.deepEqual(
      stages.map(({ name }) => name),
      names,
    );
    assert.deepEqual(
      stages.map(({ candidates }) => candidates.map(([first]) => first?.id.replace('-0-', ' at '))),
      [
        [0, 2, 4, 5, 7, 8, 10, 12, 14, 15, 17, 19].map((i) => `${i} at 1`),
        ['14 at 3', '15 at 3', '17 at 3', '19 at 3'],
        ['19 at 9'],
        ['19 at 27'],
        [1, 6, 9, 13, 16].map((i) => `${i} at 3`),
        ['16 at 9'],
        ['16 at 27'],
        ['3 at 9', '11 at 9', '18 at 9'],
        ['18 at 27'],
      ],
    );
    assert.deepEqual(
      planned.map(({ candidates }) => candidates),
      stages.map(({ candidates }) => candidates.length),
    );
    const stopped = run(reader((id) => (id === '0-1-27' ? undefined : 1)));
    assert.deepEqual(
      stopped.stages.map(({ ranking }) => ranking !== null),
      [true, true, true, false],
    );
  });

  test('never change once decided, whatever results come later', () => {
    fc.assert(
      fc.property(results, results, (some, more) => {
        const [early, late] = [some, { ...more, ...some }].map((known) =>
          halvingStages(
            HALVING,
            ladders(9),
            true,
            reader((id) => known[id]),
          ),
        );
        const decided = early?.stages.filter(({ ranking }) => ranking !== null) ?? [];
        assert.deepEqual(late?.stages.slice(0, decided.length), decided);
      }),
    );
  });
});

describe('the batches of TPE', () => {
  const SEARCH: TpeSearch = { metric: 'loss', goal: 'max', count: 25, batch: 10, seed: 3 };
  const SPACE = [{ name: 'x', distribution: { kind: 'uniform', low: 0, high: 1 }, when: {} }] as const;
  const tasksOf = (points: readonly SettingValues[]) =>
    points.map(({ x }) => [taskNamed(String(x)), taskNamed(`${String(x)}-2`)]);
  const best = (id: string) => -Math.abs(Number(id.replace('-2', '')) - 0.3);

  test('wait for all results of the batches before them', () => {
    const none = tpeStages(SEARCH, SPACE, tasksOf, () => null);
    assert.deepEqual(
      [none.stages.length, none.planned.map(({ candidates, tasks }) => [candidates, tasks])],
      [
        1,
        [
          [10, 20],
          [10, 20],
          [5, 10],
        ],
      ],
    );
    const first = new Set(none.stages[0]?.candidates.flat().map(({ id }) => id));
    const second = tpeStages(
      SEARCH,
      SPACE,
      tasksOf,
      reader((id) => (first.has(id) ? best(id) : undefined)),
    );
    assert.equal(second.stages.length, 2);
    assert.deepEqual(second.stages[0]?.candidates, none.stages[0]?.candidates);
  });

  test('propose points near the best ones', () => {
    const { stages } = tpeStages({ ...SEARCH, count: 60 }, SPACE, tasksOf, reader(best));
    assert.equal(stages.length, 6);
    const distances = (batch: number) =>
      mean(stages.at(batch)?.candidates.map(([task]) => -best(task?.id ?? '')) ?? []);
    assert.ok(distances(-1) < distances(0) / 2, `${distances(-1)}, ${distances(0)}`);
  });

  test('continue if a whole batch is not allowed', () => {
    const { stages } = tpeStages(SEARCH, SPACE, (points) => points.map(() => []), reader(best));
    assert.deepEqual(
      stages.map(({ candidates }) => candidates.length),
      [0, 0, 0],
    );
  });
});
