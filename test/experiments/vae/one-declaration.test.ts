import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readLog } from '../../../src/logs/read.js';
import { namesIn } from '../../../src/store/files.js';
import { TASK_FILES } from '../../../src/store/task-folder.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

const SETTING = `  momentum: plainSetting('momentum', {
    schema: numberWithin(0, 1).describe('A setting of a test. Default: 0.5.'),
    stored: z.number(),
    column: { type: 'float64', unit: '1', description: 'A setting of a test' },
    defaultOf: () => 0.5,
    isCompiled: false,
  }),
`;
const STEP_METRIC = `  {
    name: 'codeLength',
    unit: 'nat',
    description: 'A step metric of a test',
    isInTables: true,
    isCharted: true,
    hasCurves: true,
    value: ({ loss, kl }, tf) => tf.add(loss, kl),
  },
`;
const EVALUATION_METRIC = `  {
    name: 'largestVariance',
    type: 'float64',
    unit: '1',
    description: 'An evaluation metric of a test',
    isInTables: true,
    hasCurves: true,
    compute: ({ encoderVariance }) => Math.max(...encoderVariance),
  },
`;

/** The additions: the file, the line before which the text is inserted, and the text. */
const ADDITIONS = [
  ['settings/training-settings.ts', '  badOptimumExtraDims,\n', SETTING],
  ['metrics/step-metrics.ts', '];\n', STEP_METRIC],
  ['metrics/encoder.ts', '];\n', EVALUATION_METRIC],
] as const;

const SWEEP = `experiment: linear
settings: { dimensions: [1, 3, 2], seed: 1, steps: 4, evaluateEverySteps: 2, evaluationPoints: 20, engine: eager }
grid: { momentum: [0.25, 0.75] }
`;

/** Prints the program's references as JSON. */
const PRINT_REFERENCES = `
await import('./dist/src/experiments/index.js');
const { sweepFileJsonSchema } = await import('./dist/src/sweep/json-schema.js');
const { sweepFileReference } = await import('./dist/src/sweep/reference.js');
const { documentedTables } = await import('./dist/test/export/documented.js');
console.log(JSON.stringify({
  schema: sweepFileJsonSchema(),
  reference: sweepFileReference(),
  tables: Object.fromEntries(documentedTables()),
}));
`;

interface References {
  readonly schema: {
    readonly oneOf: readonly {
      readonly title: string;
      readonly properties: {
        readonly settings: {
          readonly properties: Readonly<Record<string, { readonly description: string }>>;
        };
      };
    }[];
  };
  readonly reference: string;
  readonly tables: Readonly<Record<string, readonly (readonly string[])[]>>;
}

/** Compiles a copy of the program with the additions, and returns functions that call it. */
function copyWithAdditions() {
  const copy = mkdtempSync(path.join(tmpdir(), 'vae-sweep-additions-'));
  for (const name of ['src', 'workers', 'assets', 'package.json', 'test/export/documented.ts'])
    cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
  for (const [name, line, addition] of ADDITIONS) {
    const file = path.join(copy, 'src/experiments/vae', name);
    const text = readFileSync(file, 'utf8');
    const place = text.lastIndexOf(`\n${line}`);
    assert.notEqual(place, -1, `${name} has no line ${line}`);
    writeFileSync(file, `${text.slice(0, place + 1)}${addition}${text.slice(place + 1)}`);
  }
  const config = {
    extends: path.join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      rootDir: '.',
      outDir: 'dist',
      declaration: false,
      sourceMap: false,
      incremental: false,
      tsBuildInfoFile: null,
      typeRoots: [path.join(ROOT, 'node_modules/@types')],
    },
    include: ['src', 'workers', 'test'],
    exclude: ['src/dashboard/page'],
  };
  writeFileSync(path.join(copy, 'tsconfig.json'), JSON.stringify(config));
  const node = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
    return { status, text: `${stdout}${stderr}`, stdout };
  };
  const compiled = node(path.join(ROOT, 'node_modules/typescript/bin/tsc'));
  assert.equal(compiled.status, 0, compiled.text);
  writeFileSync(path.join(copy, 'sweep.yaml'), SWEEP);
  const command = (...args: string[]) => node('dist/src/cli/main.js', ...args);
  const run = command('run', 'sweep.yaml', '--workers', '1');
  assert.equal(run.status, 0, run.text);
  const read = (name: string) => readFileSync(path.join(copy, 'out/sweeps/sweep', name), 'utf8');
  return { copy, node, command, read };
}

describe('a setting or a metric that is declared in one place', () => {
  let program: ReturnType<typeof copyWithAdditions>;
  before(() => {
    program = copyWithAdditions();
  });

  test('is validated', () => {
    const { status, text } = program.command('plan', 'sweep.yaml', '--set', 'momentum=2');
    assert.equal(status, 2, text);
    assert.match(text, /momentum.*expected a number from 0 to 1/s);
  });

  test('appears in the JSON schema and the references', () => {
    const { stdout } = program.node('--input-type=module', '--eval', PRINT_REFERENCES);
    const { schema, reference, tables } = JSON.parse(stdout) as References;
    const linear = schema.oneOf.find(({ title }) => title === 'linear');
    assert.equal(
      linear?.properties.settings.properties['momentum']?.description,
      'A setting of a test. Default: 0.5.',
    );
    assert.match(
      reference,
      /\| `momentum` +\| number from 0 to 1 +\| A setting of a test. Default: 0.5. +\|/,
    );
    const rowOf = (table: string, name: string) => tables[table]?.find(([cell]) => cell === `\`${name}\``);
    assert.deepEqual(rowOf('Settings of training', 'momentum')?.slice(1), [
      'float64',
      '1',
      'A setting of a test',
    ]);
    const step = (type: string) => [type, 'no', 'nat', 'A step metric of a test'];
    assert.deepEqual(rowOf('steps.arrow', 'codeLength')?.slice(1), step('float32'));
    assert.deepEqual(rowOf('evaluations.arrow', 'codeLength')?.slice(1), step('float64'));
    assert.deepEqual(rowOf('evaluations.arrow', 'largestVariance')?.slice(1), [
      'float64',
      'yes',
      '1',
      'An evaluation metric of a test',
    ]);
  });

  test('is logged with its values', () => {
    const tasks = path.join(program.copy, 'out/tasks');
    const [task = ''] = namesIn(tasks);
    for (const name of [TASK_FILES.steps, TASK_FILES.evaluations]) {
      const log = readLog(path.join(tasks, task, name));
      const last = (column: string) => Number(log.getChild(column)?.get(log.numRows - 1));
      const expected = last('loss') + last('kl');
      assert.ok(Math.abs(last('codeLength') - expected) < 1e-6 * Math.abs(expected), name);
    }
  });

  test('is exported', () => {
    const exported = program.command('export', 'sweep.yaml', '--format', 'csv');
    assert.equal(exported.status, 0, exported.text);
    const [head = '', ...rows] = program.read('tasks.csv').trim().split('\n');
    const columns = head.split(',');
    for (const name of ['codeLength', 'largestVariance']) assert.ok(columns.includes(name), head);
    const values = rows.map((row) => row.split(',')[columns.indexOf('momentum')]);
    assert.deepEqual(values.sort(), ['0.25', '0.75']);
  });

  test('is shown in reports', () => {
    const report = program.command('report', 'sweep.yaml');
    assert.equal(report.status, 0, report.text);
    const records = program.read('tables/sweep.csv');
    for (const momentum of ['0.25', '0.75'])
      for (const name of ['codeLength', 'largestVariance'])
        assert.match(records, new RegExp(`momentum ${momentum},${name},[-0-9.]+`));
    for (const name of ['codeLength', 'largestVariance'])
      assert.match(program.read('figures/sweep-training.vl.json'), new RegExp(name));
  });
});
