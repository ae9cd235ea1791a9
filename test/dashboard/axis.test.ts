import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axisOf } from '../../src/dashboard/page/parallel/axis.js';
import type { TaskInfo } from '../../src/dashboard/page/protocol.js';
import type { Column } from '../../src/dashboard/page/results.js';
import { radiusBy } from '../../src/dashboard/page/scatter/plot.js';

/** Returns a column of numbers, and the tasks that have them. */
function sample(values: readonly number[], isLog = false) {
  const infos = values.map((_, index) => ({ id: String(index) })) as TaskInfo[];
  const column: Column = {
    ...{ name: 'loss', kind: 'result', title: 'Loss', isVarying: true, isShown: true, isLog },
    ...{ texts: null, isNumeric: true, format: String },
    numberOf: (id) => values[Number(id)] ?? null,
    textOf: (id) => String(values[Number(id)]),
  };
  return { column, infos };
}

test('the bounds of a brush keep the tasks that it covers, however narrow the range is', () => {
  for (const values of [
    [123_451, 123_455, 123_459],
    [0.99991, 0.99995, 0.99999],
    [1000.1, 1000.2, 1000.4],
    [-1e-9, 0, 2e-9],
  ]) {
    const { column, infos } = sample(values);
    const filter = axisOf(column, infos)?.filterOf(0.25, 1);
    const kept = values.filter((value) => filter?.min != null && value >= filter.min);
    assert.deepEqual(kept, values.slice(1), values.join());
  }
});

test('the bounds of a brush on a logarithmic axis are as exact at its lower end', () => {
  const values = [1e-6, 1.1e-6, 1];
  const { column, infos } = sample(values, true);
  const axis = axisOf(column, infos);
  const share = (axis?.shareOf('0') ?? 0) / 2 + (axis?.shareOf('1') ?? 0) / 2;
  const { min } = axis?.filterOf(share, 1) ?? {};
  assert.ok(min != null && min > 1e-6 && min <= 1.1e-6, String(min));
});

test('the areas of points grow evenly with the values', () => {
  const { column, infos } = sample([10, 15, 20]);
  const { radiusOf } = radiusBy(column, infos);
  const [least = 0, middle = 0, most = 0] = infos.map(({ id }) => radiusOf(id) ** 2);
  assert.ok(most > 4 * least);
  assert.ok(Math.abs(middle - (least + most) / 2) < 1e-9);
});
