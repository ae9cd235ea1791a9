import assert from 'node:assert/strict';
import { test } from 'node:test';
import { taskColumns } from '../../src/dashboard/task-columns.js';
import { readRuns } from '../../src/report/runs.js';
import type { LogColumn } from '../../src/task/column.js';
import { sampleDashboard } from './sample-dashboard.js';

const result = (name: string, title?: string): LogColumn => ({
  ...{ name, type: 'float64', unit: '1', description: name, nullable: false },
  ...(title !== undefined && { title, short: title }),
});

test('results with the names of built-in columns or of settings get names of their own', async () => {
  const { sweep, outDir } = sampleDashboard();
  const parts = await readRuns(sweep, outDir);
  const added = [result('duration'), result('part'), result('seed', 'Best seed')];
  const columns = taskColumns(
    sweep.tasks,
    parts.map((part) => ({ ...part, details: { ...part.details, summary: () => added } })),
  );
  const named = (end: string) =>
    columns.filter(({ name }) => name.endsWith(end)).map(({ name, kind, title }) => ({ name, kind, title }));
  assert.deepEqual(named('duration'), [
    { name: 'result.duration', kind: 'result', title: 'duration (result)' },
  ]);
  assert.deepEqual(named('part'), [{ name: 'result.part', kind: 'result', title: 'part (result)' }]);
  assert.deepEqual(named('seed'), [
    { name: 'seed', kind: 'seed', title: 'seed' },
    { name: 'result.seed', kind: 'result', title: 'Best seed' },
  ]);
  assert.equal(new Set(columns.map(({ name }) => name)).size, columns.length);
});
