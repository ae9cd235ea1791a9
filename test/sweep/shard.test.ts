import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../fast-check.js';
import { InputError } from '../../src/errors.js';
import { estimateCost } from '../../src/task/cost.js';
import { parseShard, tasksOfShard } from '../../src/sweep/shard.js';
import type { Task } from '../../src/task/task.js';
import { sampleTask } from '../store/sample-task.js';
import { loadFrom } from './sweep-folder.js';

const manyTasks = fc
  .array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 200 })
  .map((lengths) => lengths.map((steps, seed) => sampleTask(seed, { steps })));

describe('the shards of a sweep', () => {
  test('contain every task exactly once, regardless of the order of the tasks', () => {
    fc.assert(
      fc.property(manyTasks, fc.integer({ min: 1, max: 20 }), (tasks, count) => {
        const shards = shardsOf(tasks, count);
        const reversed = shardsOf([...tasks].reverse(), count);
        assert.deepEqual(shards.flat().sort(), tasks.map(({ id }) => id).sort());
        assert.deepEqual(
          reversed.map((ids) => ids.sort()),
          shards.map((ids) => ids.sort()),
        );
      }),
    );
  });

  test('differ in work by at most the longest task', () => {
    fc.assert(
      fc.property(manyTasks, fc.integer({ min: 1, max: 20 }), (tasks, count) => {
        const work = ({ settings }: Task) => estimateCost(settings).trainingMs;
        const loads = Array.from({ length: count }, (_, index) =>
          tasksOfShard(tasks, { index: index + 1, count }).reduce((sum, task) => sum + work(task), 0),
        );
        const longest = Math.max(...tasks.map(work));
        // The sums are computed in different orders.
        const rounding = 1e-9 * tasks.length * longest;
        assert.ok(Math.max(...loads) - Math.min(...loads) <= longest + rounding);
      }),
    );
  });

  test('are written as index and count', () => {
    assert.deepEqual(parseShard('3/8'), { index: 3, count: 8 });
    for (const text of ['0/8', '9/8', '3', '3/', 'a/b', '1/99999', '-1/8', '1.5/8'])
      assert.throws(
        () => parseShard(text),
        new InputError(
          `--shard: expected the shard and the number of shards, for example 3/8, from 1/1 to 10000/10000, got ${text}`,
        ),
      );
  });
});

function shardsOf(tasks: readonly Task[], count: number): string[][] {
  return Array.from({ length: count }, (_, index) =>
    tasksOfShard(tasks, { index: index + 1, count }).map(({ id }) => id),
  );
}

test('a sweep with any search whose tasks depend on results has no shards', () => {
  const files = {
    'grid.yaml':
      'experiment: linear\ngrid: { dimensions: [[2, 4, 3]], seed: [1, 2] }\nsettings: { steps: 10 }\n',
    'tpe.yaml':
      'experiment: linear\ngrid: { dimensions: [[2, 4, 3]], seed: [1] }\nsettings: { steps: 10 }\nspace: { learningRate: { uniform: [0.1, 0.2] } }\nsample: { method: tpe, count: 4, batch: 2, seed: 1, metric: loss, goal: min }\n',
    'both.yaml': 'sweeps: [grid.yaml, tpe.yaml]\n',
  };
  const shard = parseShard('1/2');
  assert.equal(loadFrom(files, 'grid.yaml', { shard }).tasks.length, 1);
  for (const name of ['tpe.yaml', 'both.yaml'])
    assert.throws(() => loadFrom(files, name, { shard }), {
      message: `--shard: ${name} is a search whose tasks depend on results, which shards do not share: use --queue`,
    });
});
