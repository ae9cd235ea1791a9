import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { marked, type Tokens } from 'marked';
import polars from 'nodejs-polars';
import { vaeSweep } from '../cli/command.js';
import { trainSweep } from '../export/trained-sweep.js';
import { noPython, python } from './python.js';

const EXAMPLES = path.join(import.meta.dirname, '../../../examples/analysis');
const METRICS = ['manifoldErrorPairwise', 'manifoldError', 'encoderZeros'];
/** A small version of Table 2: few steps, and two of its columns. */
const SWEEP = `
experiment: sigmoid
table: table2
grid: { dimensions: [[3, 7, 6], [3, 17, 8]], seed: [69, 24, 48] }
settings: { steps: 400, learningRate: 0.01, decoderNoise: true, evaluateEverySteps: 100, evaluationPoints: 200 }
`;

interface Notebook {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly source: readonly string[];
    readonly metadata: { readonly tags?: readonly string[] };
  }[];
}

type Numbers = Readonly<Record<string, number>>;

/** Folder of the sweep with its exports and the report's tables. */
let folder: string;
/** Rows of cell, metric and mean. */
let expected: readonly (readonly [string, string, number])[];

before(() => {
  const { file, out } = trainSweep({ 'small.yaml': SWEEP });
  folder = path.join(out, 'sweeps/small');
  assert.equal(vaeSweep('report', file, '--out', out).status, 0);
  for (const rows of ['tasks', 'evaluations'])
    assert.equal(vaeSweep('export', file, '--out', out, '--rows', rows).status, 0);
  expected = polars
    .readCSV(path.join(folder, 'tables/small.csv'))
    .toRecords()
    .map((row) => [String(row['cell']), String(row['metric']), Number(row['mean'])] as const)
    .sort();
  assert.equal(expected.length, 6);
});

function assertTable(rows: readonly Numbers[]): void {
  const found = rows.flatMap((row) =>
    METRICS.map((metric) => {
      const cell = `${String(row['intrinsicDim'])}-${String(row['ambientDim'])}-${String(row['latentDim'])}`;
      return [cell, metric, row[metric] ?? NaN] as const;
    }),
  );
  const sorted = found.sort();
  assert.deepEqual(
    sorted.map(([cell, metric]) => [cell, metric]),
    expected.map(([cell, metric]) => [cell, metric]),
  );
  for (const [index, [cell, metric, mean]] of expected.entries()) {
    const difference = Math.abs((sorted[index]?.[2] ?? NaN) - mean);
    // The means are sums of three float64 values in different orders.
    assert.ok(
      difference <= 1e-14 * Math.abs(mean),
      `${cell} ${metric}: ${String(sorted[index]?.[2])}, not ${mean}`,
    );
  }
  assert.ok(rows.every(({ runs }) => runs === 3));
}

function assertScript(name: string, figure: string): void {
  assertTable(polars.readCSV(path.join(folder, `table2-${name}.csv`)).toRecords() as Numbers[]);
  assert.ok(readFileSync(path.join(folder, figure)).length > 1_000);
}

describe("examples/analysis computes the report's Table 2 and a figure with", () => {
  for (const tool of ['pandas', 'polars', 'duckdb'])
    test(tool, { skip: noPython }, () => {
      const input = tool === 'duckdb' ? [folder] : [path.resolve(folder, '../..'), 'small'];
      python(path.join(EXAMPLES, `table2_${tool}.py`), ...input);
      assertScript(tool, `curves-${tool}.svg`);
    });

  const hasR = spawnSync('Rscript', ['-e', 'library(arrow); library(dplyr)']).status === 0;
  test('R', { skip: hasR ? false : 'R with the packages arrow and dplyr is not installed' }, () => {
    const { status, stderr } = spawnSync('Rscript', [path.join(EXAMPLES, 'table2.R'), folder], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    assertScript('r', 'curves-r.pdf');
  });

  test('a notebook, whose cells run one after the other', { skip: noPython }, () => {
    const [out, sweep] = [path.resolve(folder, '../..'), 'small'];
    const { cells } = JSON.parse(readFileSync(path.join(EXAMPLES, 'explore.ipynb'), 'utf8')) as Notebook;
    const code = cells
      .filter(({ cell_type }) => cell_type === 'code')
      .map(({ source, metadata }) =>
        // As papermill does, replace the parameters.
        metadata.tags?.includes('parameters') === true
          ? `out, sweep = ${JSON.stringify(out)}, ${JSON.stringify(sweep)}`
          : source.join(''),
      );
    assert.equal(code.length, 6);
    const check = [
      'table.select(pl.lit(3).alias("intrinsicDim"), "ambientDim", "latentDim",',
      `${METRICS.map((name) => `"${name}"`).join()}).group_by("intrinsicDim", "ambientDim", "latentDim", maintain_order=True)`,
      '.agg(pl.all().mean(), pl.len().alias("runs")).write_csv(sys.argv[2])',
    ];
    const csv = path.join(folder, 'notebook.csv');
    const start = 'import matplotlib, sys; matplotlib.use("svg"); sys.path.insert(0, sys.argv[1])';
    python('-c', [start, ...code, check.join('')].join('\n'), EXAMPLES, csv);
    assertTable(polars.readCSV(csv).toRecords() as Numbers[]);
  });

  test("the SQL of Observable's page in DuckDB", { skip: noPython }, () => {
    const [table = '', curves = ''] = marked
      .lexer(readFileSync(path.join(EXAMPLES, 'observable/src/index.md'), 'utf8'))
      .filter(
        (token): token is Tokens.Code =>
          token.type === 'code' && /^sql/.test((token as Tokens.Code).lang ?? ''),
      )
      .map(({ text }) => text);
    assertTable(query(table));
    assert.deepEqual(
      query(curves)
        .slice(0, 2)
        .map(({ cell, step }) => [cell, step]),
      [
        ['3-17-8', 0],
        ['3-17-8', 100],
      ],
    );
  });
});

/** Runs a query in DuckDB with the exports as tables. @returns the rows */
function query(sql: string): Numbers[] {
  const views = ['tasks', 'evaluations'].map(
    (name) => `CREATE VIEW ${name} AS FROM '${path.join(folder, `${name}.parquet`)}';`,
  );
  const script =
    'import duckdb, sys; duckdb.sql(sys.argv[1]); print(duckdb.sql(sys.argv[2]).pl().write_json())';
  return JSON.parse(python('-c', script, views.join(' '), sql)) as Numbers[];
}
