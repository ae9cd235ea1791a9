import assert from 'node:assert/strict';
import { test } from 'node:test';
import { downSample, pixelMeans } from '../../src/dashboard/down-sample.js';
import { meanLines } from '../../src/dashboard/page/charts/lines.js';

test('the mean of a group is the mean of all rows, also where a pixel has many', () => {
  const steps = Array.from({ length: 150_000 }, (_, index) => index + 1);
  const values = steps.map((step) => (step % 100 === 0 ? 100 : 1));
  const window = { fromStep: 1, toStep: steps.length, pixels: 100, isLog: false };
  const curve = {
    metric: 'loss',
    component: null,
    ...downSample(steps, values, window),
    means: pixelMeans(steps, values, window),
  };
  const stroke = { color: '#000', dash: [] };
  const tasks = ['a', 'b'].map((id) => ({ id, label: id, group: 'all', stroke, version: '' }));
  const series = new Map(tasks.map(({ id }) => [id, { curves: [curve], problem: null }]));
  const [line] = meanLines(tasks, series, 'loss', false, 0);
  for (const value of line?.values ?? []) assert.ok(Math.abs(Number(value) - 1.99) < 1e-9, String(value));
});
