import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import { batchToFile, recordBatch } from '../../src/logs/encode.js';
import { logSchema } from '../../src/logs/schemas.js';
import { drawFigures } from '../../src/report/figures/make.js';
import { figuresOf, metricCurves } from '../../src/report/figures/registry.js';
import { readRuns, type PartRuns } from '../../src/report/runs.js';
import { comparisonTable } from '../../src/report/tables/comparison-table.js';
import { meansTables } from '../../src/report/tables/means-tables.js';
import { runsTable } from '../../src/report/tables/runs-table.js';
import { commitResults, prepareTaskFolder, taskFolder } from '../../src/store/task-folder.js';
import type { LogColumn } from '../../src/task/column.js';
import type { Experiment } from '../../src/task/experiment.js';
import { registerExperiments } from '../../src/task/registry.js';
import type { Settings, Task } from '../../src/task/task.js';
import { NOTHING_SKIPPED } from '../../src/sweep/expand.js';

interface DiceSettings extends Settings {
  readonly sides: number;
  readonly seed: number;
}

const column = (name: string, display: Partial<LogColumn> = {}): LogColumn => ({
  name,
  type: 'float64',
  unit: '1',
  description: name,
  nullable: false,
  ...display,
});
const ROWS = [column('mean', { title: 'mean of the throws', short: 'Mean' }), column('time', { unit: 's' })];

/** An experiment that logs rows. The engine knows only what it declares. */
const dice: Experiment<DiceSettings> = {
  name: 'dice',
  schemas: { sides: z.int(), seed: z.int() },
  required: ['sides', 'seed'],
  resolve: (values) => ({ kind: 'dice', ...values }) as DiceSettings,
  problems: () => [],
  settingOf: (settings, name) => settings[name as keyof DiceSettings],
  folderName: ({ sides, seed }) => `dice-${sides}-seed${seed}`,
  versions: () => ({}),
  cost: () => ({ microsecondsPerStep: 1, trainingMs: 1, bytes: 1 }),
  unit: 'row',
  steps: () => 3,
  isResumable: false,
  startsProgram: false,
  continuation: null,
  tables: [],
  diskAdvice: null,
  dependsOnCpu: false,
  worker: new URL('file:///none.js'),
  sample: null,
  display: { seed: { role: 'seed' } },
  columns: {},
  warmUpKey: () => null,
  details: () =>
    Promise.resolve({
      logs: () => ({ rows: ROWS }),
      summary: () => [...ROWS, column('fair', { type: 'bool' })],
      readSummary: (folder) => {
        const text = readFileSync(path.join(folder, 'verdict.json'), 'utf8');
        const values = new Map<string, unknown>(Object.entries(JSON.parse(text) as object));
        return (name) => values.get(name) ?? null;
      },
    }),
};

const tasks = [6, 8].flatMap((sides) =>
  [1, 2].map((seed): Task<DiceSettings> => {
    const name = `dice-${sides}-seed${seed}`;
    return { id: name, name, settings: { kind: 'dice', sides, seed }, versions: {} };
  }),
);
const about = { name: 'dice', title: null, file: 'dice.yaml' };
const part = { ...about, experiment: 'dice', table: null, varying: ['sides', 'seed'], space: [], tasks };

describe('an experiment without a report contribution gets', () => {
  let parts: PartRuns[];

  before(async () => {
    registerExperiments([
      {
        kinds: ['dice'],
        summary: 'throw dice',
        names: () => ['dice'],
        named: () => dice,
        of: () => dice,
        reference: () => [],
        settings: z.object({ kind: z.string() }),
        versions: z.object({}),
        installed: () => ({}),
        pluginParts: {},
        versionLabels: {},
      },
    ]);
    const outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-dice-'));
    for (const task of tasks.slice(0, 3)) finish(outDir, task);
    parts = await readRuns(
      { ...about, tasks, parts: [part], shard: null, skipped: NOTHING_SKIPPED, searches: [] },
      outDir,
    );
  });

  test('means over its seeds, with notes on missing tasks', () => {
    const [table] = parts.flatMap((each) => meansTables(each, []) ?? []);
    assert.deepEqual(table?.head, ['sides', 'tasks', 'Mean', 'time (s)']);
    assert.deepEqual(table.body, [
      ['6', '2', '7.5 ± 0.707', '0.3 ± 0'],
      ['8', '1 of 2', '9', '0.3'],
    ]);
    assert.deepEqual(table.notes, ['sides 8: seed 2 missing: not finished']);
    assert.deepEqual([table.records[0]?.['experiment'], table.records[0]?.['sides']], ['dice', 6]);
  });

  test('notes on its missing tasks, even without seeds', () => {
    const { display } = dice;
    Object.assign(dice, { display: {} });
    const [table] = parts.flatMap((each) => meansTables(each, []) ?? []);
    const { figures } = drawFigures(
      figuresOf(parts, []).map((figure) => ({ ...figure, kind: 'points' })),
      parts,
      {},
    );
    assert.throws(
      () => drawFigures([], parts, { seed: 1 }),
      /no task has this seed\. These experiments have no seeds: leave out --seed\./,
    );
    Object.assign(dice, { display });
    assert.deepEqual(table?.notes, ['sides 8, seed 2: 1 task missing: not finished']);
    assert.match(figures[0]?.caption ?? '', /their mean\. Missing: sides 8, seed 2\.$/);
  });

  test('a table of all tasks', () => {
    const table = parts.map((each) => runsTable(each, []))[0];
    assert.deepEqual(table?.head, ['cell', 'task', 'Mean', 'time (s)']);
    assert.deepEqual(table.body[1], ['sides 6', 'seed 2', '8', '0.3']);
    assert.equal(table.records[1]?.['seed'], 2);
  });

  test('curves of its rows', () => {
    const definitions = [
      ...figuresOf(parts, []),
      ...parts.flatMap((each) => metricCurves(each, ['time'], false)),
    ];
    const { figures, notes } = drawFigures(definitions, parts, {});
    assert.deepEqual(notes, []);
    assert.deepEqual(
      figures.map(({ name }) => name),
      ['dice-training', 'dice-time'],
    );
    const steps = figures[1]?.rows.filter(({ run }) => run === 'seed 1').map(({ step }) => step);
    assert.deepEqual(steps, [1, 2, 3, 1, 2, 3]);
  });

  test('a comparison', () => {
    const { body } = comparisonTable({ name: 'a', parts }, { name: 'b', parts });
    assert.deepEqual(body[0], ['dice, sides 6', 'Mean', '7.5 ± 0.707', '7.5 ± 0.707', '0', '0.707']);
  });
});

function finish(outDir: string, task: Task<DiceSettings>): void {
  const folder = prepareTaskFolder(taskFolder(outDir, task), task);
  const { sides, seed } = task.settings;
  const rows = recordBatch(logSchema(task, ROWS), [
    [1, 2, sides + seed],
    [0.1, 0.2, 0.3],
  ]);
  const summary = { mean: sides + seed, time: 0.3, fair: true };
  commitResults(folder, task.id, {
    'rows.arrow': batchToFile(rows),
    'verdict.json': Buffer.from(JSON.stringify(summary)),
  });
}
