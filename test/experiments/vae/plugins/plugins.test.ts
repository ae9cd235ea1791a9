import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, it, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import '../../../../src/experiments/index.js';
import { loadPlugin } from '../../../../src/input/load-plugin.js';
import { readLog } from '../../../../src/logs/read.js';
import { vaeSweep } from '../../../cli/command.js';

const EXAMPLE = fileURLToPath(new URL('../../../../../examples/plugins/flat-torus.mjs', import.meta.url));
const SHORT = ['--set', 'steps=300', '--set', 'evaluateEverySteps=100', '--only', 'seed=1'];

function newFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'vae-sweep-plugin-'));
}

function moduleWith(text: string): string {
  const file = path.join(newFolder(), 'own.mjs');
  writeFileSync(file, text);
  return file;
}

describe('an invalid plugin is rejected with the reason if it', () => {
  const rejected: Record<string, readonly [text: string, message: RegExp]> = {
    'imports a file next to it': ["import './other.mjs'; export default {};", /imports \.\/other\.mjs/],
    'imports a file with import()': [
      "await import('./other.mjs'); export default {};",
      /imports \.\/other\.mjs/,
    ],
    'imports an absolute path': ["import '/etc/other.mjs'; export default {};", /imports \/etc\/other\.mjs/],
    'imports a computed name': [
      "await import('./' + 'other.mjs'); export default {};",
      /has an import\(\) with a computed name/,
    ],
    'uses the import map of its folder': ["import '#other'; export default {};", /imports #other/],
    'is not JavaScript': ['export default {', /is not a valid JavaScript module|can't be loaded/],
    'throws when it is loaded': ["throw new Error('not today');", /can't be loaded \(not today\)/],
    'exports nothing': ['export const plugin = 1;', /default: .*expected object/],
    'has no name': ['export default { datasets: [] };', /default\.name/],
    'has a name that is a path': ["export default { name: '../up' };", /default\.name: expected a name/],
    'has data without points': [
      "export default { name: 'own', datasets: [{ name: 'own', defaults: { steps: 1, learningRate: 1, hiddenWidths: [], initialDecoderLogVariance: -1 }, coordinates: (r) => r, sourceDim: (r) => r }] };",
      /default\.datasets\.0\.points: expected a function/,
    ],
    'has an unknown key': ["export default { name: 'own', dataset: [] };", /Unrecognized key: "dataset"/],
  };
  for (const [name, [text, message]] of Object.entries(rejected))
    it(name, async () => {
      await assert.rejects(loadPlugin(moduleWith(text)), (error: Error) => {
        assert.equal(error.name, 'InputError');
        assert.match(error.message, message);
        return true;
      });
    });

  it('uses names that are taken', () => {
    const plan = (text: string) => vaeSweep('plan', 'sweeps/quickstart.yaml', '--plugin', moduleWith(text));
    const metric = "type: 'float64', unit: '1', description: 'd', compute: () => 1";
    const taken = plan(`export default { name: 'own', metrics: [{ name: 'loss', ${metric} }] };`);
    assert.equal(taken.status, 2);
    assert.match(taken.stderr, /metrics: the name loss is already taken/);
    const setting = plan(`export default { name: 'own', metrics: [{ name: 'seed', ${metric} }] };`);
    assert.match(setting.stderr, /metrics: the name seed is already taken/);
    const twice = plan(
      `export default { name: 'own', metrics: [{ name: 'mine', ${metric} }, { name: 'mine', ${metric} }] };`,
    );
    assert.match(twice.stderr, /metrics: the name mine is already taken/);
  });
});

test("a metric gets the task's settings and the step, and is a row of a table in the paper's layout", () => {
  const plugin =
    moduleWith(`export default { name: 'own', metrics: [{ name: 'seen', title: 'Seed and step', type: 'float64',
    unit: '1', description: 'd', compute: ({ settings, step }) => 1000 * settings.seed + step + ('steps' in settings ? 0.5 : 0) }] };`);
  const out = newFolder();
  const choice = [
    '--set',
    'steps=20',
    '--set',
    'evaluateEverySteps=10',
    '--only',
    'dimensions=3-12-20',
    '--only',
    'seed=2',
  ];
  const run = vaeSweep('run', 'sweeps/table1-linear.yaml', '--plugin', plugin, '--out', out, ...choice);
  assert.equal(run.status, 0, run.stderr);
  const [task = ''] = readdirSync(path.join(out, 'tasks'));
  const log = readLog(path.join(out, 'tasks', task, 'evaluations.arrow'));
  assert.deepEqual([...(log.getChild('seen') ?? [])], [2000, 2010, 2020]);
  assert.match(run.stdout, /Seed and step/);
});

describe('the example plugin', () => {
  const folder = newFolder();
  const plugin = path.join(folder, 'flat-torus.mjs');
  const sweep = path.join(folder, 'flat-torus.yaml');
  const command = (name: string, out: string, ...more: string[]) =>
    vaeSweep(name, sweep, '--plugin', plugin, '--out', path.join(folder, out), ...SHORT, ...more);
  const tasks = () => {
    const { stdout } = vaeSweep('ls', '--out', path.join(folder, 'out'), '--json');
    return JSON.parse(stdout) as { name: string; state: string }[];
  };

  before(() => {
    copyFileSync(EXAMPLE, plugin);
    copyFileSync(EXAMPLE.replace('.mjs', '.yaml'), sweep);
  });

  it('trains on its data and logs its metric', () => {
    const run = command('run', 'out');
    assert.equal(run.status, 0, run.stderr);
    const [task] = tasks();
    assert.match(task?.name ?? '', /^flat-torus-2-8-6-seed1-/);
    const log = readLog(path.join(folder, 'out', 'tasks', task?.name ?? '', 'evaluations.arrow'));
    const errors = Array.from(log.getChild('torusError')?.toArray() as Float64Array);
    assert.equal(errors.length, 4);
    assert.ok(errors.every((error) => error > 0 && error < 10));
    assert.equal(log.getChild('manifoldError')?.get(0), null);
    const samples = readLog(path.join(folder, 'out', 'tasks', task?.name ?? '', 'samples.arrow'));
    for (const row of samples.toArray().slice(0, 20) as Record<string, number>[]) {
      assert.ok(Math.abs(Math.hypot(row['real1'] ?? 0, row['real2'] ?? 0) - 1) < 1e-6);
      assert.equal(row['real5'], 0);
    }
  });

  it('gives the same bits with process isolation, and a second run has nothing to do', () => {
    const again = command('run', 'process', '--isolation', 'process');
    assert.equal(again.status, 0, again.stderr);
    const [task] = tasks();
    const bytesOf = (out: string) =>
      readFileSync(path.join(folder, out, 'tasks', task?.name ?? '', 'evaluations.arrow'));
    assert.deepEqual(bytesOf('process'), bytesOf('out'));
    assert.match(command('run', 'out').stderr, /1 tasks?: 1 done/);
  });

  it('adds its section to the report', () => {
    const report = command('report', 'out');
    assert.equal(report.status, 0, report.stderr);
    const page = readFileSync(path.join(folder, 'out', 'sweeps', 'flat-torus', 'report.html'), 'utf8');
    assert.match(page, /<section id="torus-error">/);
    assert.match(page, /<figure id="torus-error">/);
    assert.doesNotMatch(page, /<script/);
  });

  it('has its metric in the printed table, in the files of tables, and in the curves', () => {
    assert.match(command('run', 'out').stdout, /torusError/);
    const results = path.join(folder, 'out', 'sweeps', 'flat-torus');
    for (const table of ['flat-torus.md', 'flat-torus.csv', 'flat-torus-runs.csv'])
      assert.match(readFileSync(path.join(results, 'tables', table), 'utf8'), /torusError/, table);
    const page = readFileSync(path.join(results, 'report.html'), 'utf8');
    assert.match(page, /id="flat-torus-training"[^]*torusError/);
  });

  it('gives the same bits for any order of plugins with metrics', () => {
    const metric = (name: string) =>
      moduleWith(
        `export default { name: '${name}', metrics: [{ name: '${name}', type: 'float64', unit: '1', description: 'd', compute: ({ decoderVariance }) => decoderVariance }] };`,
      );
    const [first, second] = [metric('bb'), metric('aa')];
    const columns = [
      ['one', '--plugin', first, '--plugin', second],
      ['two', '--plugin', second, '--plugin', first],
    ].map(([out = '', ...plugins]) => {
      assert.equal(command('run', out, ...plugins).status, 0);
      const [task = ''] = readdirSync(path.join(folder, out, 'tasks'));
      return [task, readFileSync(path.join(folder, out, 'tasks', task, 'evaluations.arrow'))];
    });
    assert.deepEqual(columns[0], columns[1]);
  });

  it('exports its metric to tables and event files', () => {
    const file = path.join(folder, 'tasks.csv');
    assert.equal(command('export', 'out', '--rows', 'tasks', '--format', 'csv', '--to', file).status, 0);
    assert.match(readFileSync(file, 'utf8').split('\n', 1)[0] ?? '', /,torusError/);
    const events = path.join(folder, 'events');
    const run = command('run', 'out', '--tensorboard', events);
    assert.equal(run.status, 0, run.stderr);
    const [task = ''] = readdirSync(events);
    const [eventFile = ''] = readdirSync(path.join(events, task));
    assert.ok(readFileSync(path.join(events, task, eventFile)).includes('evaluation/torusError'));
  });

  it('is named in the error when it is not passed', () => {
    const { status, stderr } = vaeSweep('run', sweep, '--out', path.join(folder, 'out'));
    assert.equal(status, 2);
    assert.match(stderr, /experiment: expected one of linear, .*got "flat-torus"/);
    assert.equal(tasks()[0]?.state, 'done');
  });

  it("is rejected with the released code's random streams, which have no such data", () => {
    const { status, stderr } = command('plan', 'out', '--set', 'randomStreams=released-code');
    assert.equal(status, 2);
    assert.match(
      stderr,
      /the authors' released code has no flat-torus data and therefore no random streams for them/,
    );
  });

  it('creates different tasks after it is edited', () => {
    writeFileSync(plugin, `${readFileSync(plugin, 'utf8')}// edited\n`);
    assert.match(command('plan', 'out').stdout, /1 tasks?: 1 pending/);
  });
});
