import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bestTable } from '../../../src/report/search/best-table.js';
import { importanceTable } from '../../../src/report/search/importance-table.js';
import { searchedSettings } from '../../../src/report/search/searched-settings.js';
import { stagesTable } from '../../../src/report/search/stages-table.js';
import type { Table } from '../../../src/report/tables/table.js';
import type { Comparison } from '../../../src/report/search/compared.js';
import { stepsOf } from '../../../src/task/cost.js';
import { HALVING, lossOf, searched, TPE } from './sample-search.js';

function importanceOf(comparison: Comparison): Table {
  const table = importanceTable(comparison, searchedSettings(comparison));
  assert.ok(table !== null);
  return table;
}

function stagesOf({ search }: Comparison): Table {
  assert.ok(search !== null);
  return stagesTable(search);
}

describe('the tables of a halving', () => {
  test('have the best settings of the highest rung, with standard errors', async () => {
    const { comparison } = await searched(HALVING, lossOf);
    const { title, head, records } = bestTable(comparison);
    assert.equal(title, 'Best settings of halving (min loss, rung 3 of 3 (900 steps))');
    assert.deepEqual(head.slice(-3), ['loss', 'standard error', 'tasks']);
    const [best] = comparison.ranked;
    assert.ok(best !== undefined);
    assert.equal(stepsOf(best.task.settings), 900);
    assert.equal(records.length, 3);
    assert.equal(records[0]?.['mean'], Math.min(...comparison.ranked.map(({ mean }) => mean)));
    // The two seeds differ by 0.01.
    assert.ok(Math.abs(Number(records[0]['standardError']) - 0.005) < 1e-9);
  });

  test('have the rungs, with the failed and the promoted candidates', async () => {
    const { comparison } = await searched(HALVING, lossOf);
    assert.deepEqual(
      stagesOf(comparison).body.map((row) => [...row.slice(0, 4), row[5]]),
      [
        ['rung 1 of 3 (100 steps)', '27', '54', '1', '9'],
        ['rung 2 of 3 (300 steps)', '9', '18', '0', '3'],
        ['rung 3 of 3 (900 steps)', '3', '6', '0', '–'],
      ],
    );
    assert.deepEqual(
      stagesOf(comparison).records.map(({ steps }) => steps),
      [100, 300, 900],
    );
  });

  test('have the importance in the lowest rung, in which no candidate was selected', async () => {
    const { comparison } = await searched(HALVING, lossOf);
    const { title, body, notes } = importanceOf(comparison);
    assert.equal(title, 'Importance for loss in rung 1 of 3 (100 steps), with 95% intervals');
    assert.equal(body[0]?.[0], 'learningRate');
    assert.deepEqual(body.map(([name]) => name).sort(), [
      'engine',
      'initialDecoderLogVariance',
      'learningRate',
    ]);
    assert.deepEqual(
      body.map((row) => row[3]),
      ['26', '26', '26'],
    );
    assert.equal(body.find(([name]) => name === 'engine')?.[2], '–');
    assert.deepEqual(notes, ['1 of 27 points failed and are left out.']);
  });

  test('show what is known while a rung waits', async () => {
    const waiting = await searched(HALVING, (task) =>
      stepsOf(task.settings) === 100 ? lossOf(task) : undefined,
    );
    assert.match(bestTable(waiting.comparison).title, /rung 1 of 3 \(100 steps\)/);
    assert.deepEqual(stagesOf(waiting.comparison).body.slice(1), [
      ['rung 2 of 3 (300 steps)', '9', '18', '–', '–', '–'],
      ['rung 3 of 3 (900 steps)', 'at most 3', 'at most 6', '–', '–', '–'],
    ]);
    const few = await searched(HALVING.replace('count: 27', 'count: 3'), lossOf);
    assert.equal(few.comparison.unselected.length, 3);
    assert.equal(importanceTable(few.comparison, searchedSettings(few.comparison)), null);
    const { comparison } = await searched(HALVING, () => undefined);
    assert.equal(bestTable(comparison).body.length, 0);
    assert.equal(importanceTable(comparison, searchedSettings(comparison)), null);
  });
});

describe('the tables of a search by TPE', () => {
  test('have the best points of all batches for the goal', async () => {
    const { comparison } = await searched(TPE, lossOf);
    const means = comparison.points.map(({ mean }) => mean).sort((a, b) => b - a);
    const { title, records } = bestTable(comparison);
    assert.equal(title, 'Best settings of tpe (max loss, 3 of 3 batches)');
    assert.deepEqual(
      records.map(({ mean }) => mean),
      means.slice(0, 5),
    );
    assert.deepEqual(
      records.map(({ standardError }) => standardError),
      [null, null, null, null, null],
    );
    assert.equal(comparison.points.length + comparison.failed, 24);
    assert.deepEqual(
      stagesOf(comparison).body.map(([name, candidates]) => [name, candidates]),
      [1, 2, 3].map((batch) => [`batch ${batch} of 3`, '8']),
    );
  });

  test('count a setting only where its condition holds', async () => {
    const { comparison } = await searched(TPE, lossOf);
    const { records } = importanceOf(comparison);
    const pointsOf = (name: string) => records.find(({ setting }) => setting === name)?.['points'];
    const withC = comparison.points.filter(
      ({ task }) => 'engine' in task.settings && task.settings.engine === 'c',
    );
    assert.ok(withC.length > 0 && withC.length < comparison.points.length);
    assert.equal(pointsOf('initialDecoderLogVariance'), withC.length);
    assert.equal(pointsOf('engine'), comparison.points.length);
  });
});
