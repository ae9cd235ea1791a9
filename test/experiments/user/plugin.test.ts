import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { vaeSweep, type Outcome } from '../../cli/command.js';

const EXAMPLES = fileURLToPath(new URL('../../../../examples/experiments/', import.meta.url));

const COLUMN = "{ name: 'n', unit: '1', description: 'A number' }";

/** Returns the text of a plugin with a function. `parts` replace some of its parts. */
function functionPlugin(parts: Readonly<Record<string, string>> = {}): string {
  const all: Readonly<Record<string, string>> = {
    name: "'count'",
    form: "'function'",
    settings: "{ to: { type: 'integer', min: 0, max: 9, default: 3, description: 'Last number' } }",
    columns: `{ rows: [${COLUMN}], summary: [{ name: 'sum', unit: '1', description: 'Of all' }] }`,
    rows: '({ to }) => to',
    run: 'function* ({ to }) { for (let n = 1; n <= to; n++) yield { n }; return { sum: 1 }; }',
    ...parts,
  };
  const text = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `export default { name: 'own', experiments: [{ ${text.join(', ')} }] };\n`;
}

function folderWith(plugin: string, sweep = 'experiment: count\ngrid: { seed: [1] }\n'): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-user-'));
  writeFileSync(path.join(folder, 'own.mjs'), plugin);
  writeFileSync(path.join(folder, 'count.yaml'), sweep);
  return folder;
}

function command(folder: string, name: string, ...more: readonly string[]): Outcome {
  const out = path.join(folder, 'out');
  const own = ['--out', out, '--plugin', path.join(folder, 'own.mjs')];
  return vaeSweep(name, path.join(folder, 'count.yaml'), ...own, ...more);
}

describe('an experiment of a plugin is rejected if', () => {
  const rejected: Readonly<
    Record<string, readonly [parts: Readonly<Record<string, string>>, message: RegExp]>
  > = {
    'a setting has the name of a column of exports': [
      { settings: "{ state: { type: 'boolean', description: 'd' } }" },
      /settings\.state/,
    ],
    'a setting has a name that objects inherit': [
      { settings: "{ valueOf: { type: 'boolean', description: 'd' } }" },
      /settings\.valueOf/,
    ],
    'a column has the name of a setting': [
      { columns: "{ rows: [{ name: 'to', unit: '1', description: 'd' }], summary: [] }" },
      /columns\./,
    ],
    'an integer exceeds what exports can hold': [
      { settings: "{ to: { type: 'integer', max: 1e12, description: 'd' } }" },
      /settings\.to: expected `min` and `max` of an integer/,
    ],
    'a default is not valid': [
      { settings: "{ to: { type: 'integer', max: 3, default: 4, description: 'd' } }" },
      /settings\.to\.default: expected a valid value of the setting/,
    ],
    '`rows` returns no valid number': [
      { rows: '() => NaN' },
      /count: expected `rows` to return a whole number/,
    ],
  };
  for (const [name, [parts, message]] of Object.entries(rejected))
    it(name, () => {
      const { status, stderr } = command(folderWith(functionPlugin(parts)), 'plan');
      assert.equal(status, 2, stderr);
      assert.match(stderr, message);
    });

  it('a dataset of the same plugin has the same name', () => {
    const dataset =
      "{ name: 'count', defaults: { steps: 1, learningRate: 1, hiddenWidths: [], initialDecoderLogVariance: -1 }, coordinates: (r) => r, sourceDim: (r) => r, points: (tf, x) => x }";
    const plugin = functionPlugin().replace("name: 'own',", `name: 'own', datasets: [${dataset}],`);
    assert.match(command(folderWith(plugin), 'plan').stderr, /two of its parts are named count/);
  });
});

describe('a function', () => {
  it('can use its own parts with `this`, and stores its summary', () => {
    const run =
      'function* (settings) { const to = this.rows(settings); yield { n: to }; return { sum: to }; }';
    const folder = folderWith(functionPlugin({ run }));
    const { status, stderr, stdout } = command(folder, 'run');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /│ 3 +│\n/);
  });

  const wrong: Readonly<Record<string, readonly [run: string, message: RegExp]>> = {
    'a misspelled column': ['function* () { yield { m: 1 }; }', /row 1 of count: .*"m"/],
    'a text for a number': ["function* () { yield { n: '1' }; }", /row 1 of count: .*expected a number/],
    'no summary': ['function* () { yield { n: 1 }; }', /the summary of count: /],
    'more rows than it declares': [
      'function* () { for (;;) yield { n: 1 }; }',
      /count yielded more rows than the maximum of 3 that `rows` returns/,
    ],
  };
  for (const [name, [run, message]] of Object.entries(wrong))
    it(`fails in one line with ${name}`, () => {
      const { status, stderr } = command(folderWith(functionPlugin({ run })), 'run', '--retries', '0');
      assert.equal(status, 1, stderr);
      const line = stderr.split('\n').find((each) => each.startsWith('failed: ')) ?? '';
      assert.match(line, message);
    });

  it('runs its `finally` block if it fails', () => {
    const folder = folderWith('');
    const mark = path.join(folder, 'closed');
    const run = `function* () { try { for (;;) yield { n: 1 }; } finally { writeFileSync(${JSON.stringify(mark)}, ''); } }`;
    writeFileSync(
      path.join(folder, 'own.mjs'),
      `import { writeFileSync } from 'node:fs';\n${functionPlugin({ run })}`,
    );
    assert.equal(command(folder, 'run', '--retries', '0').status, 1);
    assert.ok(existsSync(mark));
  });

  it('is planned with the duration of its finished tasks', () => {
    const folder = folderWith(functionPlugin());
    assert.match(
      command(folder, 'plan').stdout,
      /^Time per row of count: no task is done yet: assumed 100 µs\.$/m,
    );
    assert.equal(command(folder, 'run').status, 0);
    const { stdout } = command(folder, 'plan', '--set', 'seed=2,3');
    assert.match(stdout, /^Time per row of count: .*, learned from 1 finished task\.$/m);
    assert.match(stdout, /: 2 tasks: 2 /);
  });

  it('of an edited plugin has different tasks, and the store still lists the old ones with or without the plugin', () => {
    const folder = folderWith(functionPlugin());
    assert.equal(command(folder, 'run').status, 0);
    const settings = "{ from: { type: 'integer', default: 1, description: 'First number' } }";
    const edited = functionPlugin({
      settings,
      rows: '({ from }) => from',
      run: 'function* () { return { sum: 0 }; }',
    });
    writeFileSync(path.join(folder, 'own.mjs'), edited);
    const { status, stderr } = command(folder, 'run');
    assert.equal(status, 0, stderr);
    for (const plugin of [[], ['--plugin', path.join(folder, 'own.mjs')]]) {
      const listed = vaeSweep('ls', '--out', path.join(folder, 'out'), ...plugin);
      assert.match(listed.stdout, /2 tasks \(2 done\)/, listed.stderr);
    }
  });
});

describe('training', () => {
  const classifier = readFileSync(path.join(EXAMPLES, 'training/experiment.mjs'), 'utf8');
  const sweep = (engines: string) =>
    `experiment: mlp-classifier\ngrid: { engine: [${engines}] }\nsettings: { steps: 30, evaluateEverySteps: 10, width: 4 }\n`;

  it('runs with each engine as a separate task', () => {
    const folder = folderWith(classifier, sweep('c, xla, eager'));
    const { status, stderr, stdout } = command(folder, 'run');
    assert.equal(status, 0, stderr);
    for (const engine of ['c', 'xla', 'eager']) assert.match(stdout, new RegExp(`│ ${engine} +│ 1 `));
  });

  it('fails if an evaluation lacks a column', () => {
    const folder = folderWith(classifier.replace('accuracy: tf.mean', 'acuracy: tf.mean'), sweep('c'));
    const { status, stderr } = command(folder, 'run', '--retries', '0');
    assert.equal(status, 1, stderr);
    assert.match(
      stderr,
      /Expected `evaluate` to return the declared columns testCrossEntropy, accuracy, got testCrossEntropy, acuracy\./,
    );
  });
});
