import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SweepOptions } from '../../src/sweep/load.js';
import { ALL_SETTINGS } from './search-errors.js';
import { load, loadFrom } from './sweep-folder.js';

const EXPERIMENTS =
  'linear, sigmoid, sphere, gradient-flow, landscape, landscape-converse, bad-optimum, identities';

function rejects(text: string, message: string, options?: Omit<SweepOptions, 'versions'>): void {
  assert.throws(() => load(text, options), { name: 'InputError', exitCode: 2, message });
}

const linear = (rest: string) =>
  `experiment: linear\nsettings: { dimensions: [3, 12, 20], seed: 2 }\n${rest}`;
const dimensions = (value: string, experiment = 'linear') =>
  `experiment: ${experiment}\ngrid:\n  seed: [2]\n  dimensions: [[3, 12, 20], ${value}]\n`;

test('rejects an unknown experiment', () => {
  rejects(
    'experiment: lineer\nsettings: { dimensions: [3, 12, 20], seed: 2 }\n',
    `sweep.yaml:1:13: experiment: expected one of ${EXPERIMENTS}, got "lineer"`,
  );
  rejects('settings: { seed: 2 }\n', `sweep.yaml:1:1: experiment: missing: expected one of ${EXPERIMENTS}`);
});

test('rejects an unknown key, with a suggestion and the allowed keys', () => {
  rejects(
    linear('gird: {}\n'),
    'sweep.yaml:3:1: gird: unknown key; did you mean "grid"? Allowed: ' +
      'name, title, experiment, table, grid, sample, space, halving, settings, include, exclude',
  );
  rejects(
    linear('grid:\n  lerningRate: [1]\n'),
    `sweep.yaml:4:3: grid.lerningRate: unknown key; did you mean "learningRate"? Allowed: ${ALL_SETTINGS}`,
  );
  rejects(
    linear('include:\n  - { colour: red }\n'),
    `sweep.yaml:4:7: include[0].colour: unknown key. Allowed: ${ALL_SETTINGS}`,
  );
});

test('rejects malformed dimensions', () => {
  const at = 'sweep.yaml:4:29: grid.dimensions[1]';
  const shape = 'expected [intrinsic, ambient, latent], three whole numbers from 1 to 10,000';
  rejects(dimensions('[3, 12]'), `${at}: ${shape}, got [3,12]`);
  rejects(dimensions('7'), `${at}: ${shape}, got 7`);
  rejects(
    dimensions('[-3, 12, 20]'),
    'sweep.yaml:4:30: grid.dimensions[1][0]: expected an intrinsic dimension, a whole number from 1 to 10,000, got -3',
  );
  rejects(
    dimensions('[3, 12, 0]'),
    'sweep.yaml:4:37: grid.dimensions[1][2]: expected a latent dimension, a whole number from 1 to 10,000, got 0',
  );
});

test('rejects an ambient dimension that is too small for the data', () => {
  rejects(
    dimensions('[5, 4, 20]'),
    'sweep.yaml:4:29: grid.dimensions[1]: expected an ambient dimension of at least 5 (the intrinsic dimension), got 4',
  );
  for (const experiment of ['sigmoid', 'sphere'])
    rejects(
      dimensions('[5, 5, 20]', experiment),
      'sweep.yaml:4:29: grid.dimensions[1]: expected an ambient dimension of at least 6 (the intrinsic dimension + 1), got 5',
    );
  assert.equal(load(dimensions('[5, 5, 20]')).tasks.length, 2);
  assert.equal(load(dimensions('[5, 6, 20]', 'sphere')).tasks.length, 2);
});

test('rejects values out of their bounds', () => {
  const cases: [string, string, string][] = [
    ['steps', '1.5', 'expected a whole number from 1 to 100,000,000, got 1.5'],
    ['steps', '0', 'expected a whole number from 1 to 100,000,000, got 0'],
    ['steps', '1e9', 'expected a whole number from 1 to 100,000,000, got 1000000000'],
    ['steps', '"100"', 'expected a whole number from 1 to 100,000,000, got "100"'],
    ['modelSeed', '-1', 'expected a seed, a whole number from 0 to 2,147,483,647, got -1'],
    ['modelSeed', '2147483648', 'expected a seed, a whole number from 0 to 2,147,483,647, got 2147483648'],
    ['evaluateEverySteps', '0', 'expected a whole number from 1 to 100,000,000, got 0'],
    ['batchSize', '0', 'expected a whole number from 1 to 100,000, got 0'],
    ['learningRate', '.nan', 'expected a number from 1e-12 to 10, got NaN'],
    ['learningRate', '0', 'expected a number from 1e-12 to 10, got 0'],
    ['biases', 'yes', 'expected true or false, got "yes"'],
    ['engine', 'fast', 'expected one of c, xla, eager, got "fast"'],
    ['randomStreams', 'mine', 'expected one of fold-in, released-code, got "mine"'],
    [
      'initialDecoderLogVariance',
      '0',
      'expected a number other than 0 (p is trained in log eps^2 = p * c, so c = 0 would fix the variance), got 0',
    ],
    ...['-1', '0', 'e^4x', 'e^-81', 'null', '1e-40'].map((value): [string, string, string] => [
      'decoderVarianceThreshold',
      value,
      'expected a variance such as e^-4 or a positive number (from e^-80 to e^80), or none, got ' +
        (value.startsWith('e') ? `"${value}"` : value),
    ]),
  ];
  for (const [name, value, message] of cases)
    rejects(
      linear(`grid:\n  ${name}: [${value}]\n`),
      `sweep.yaml:4:${name.length + 6}: grid.${name}[0]: ${message}`,
    );
});

test('rejects invalid combinations of settings', () => {
  rejects(
    linear('grid: { hiddenWidths: [[10]] }\n'),
    'sweep.yaml:3:24: grid.hiddenWidths[0]: the networks for linear data have no hidden layers: remove hiddenWidths',
  );
  rejects(
    linear('grid: { steps: [100, 30000000] }\n'),
    'sweep.yaml:3:22: grid.steps[1]: the step log would have more than 10,000,000 rows (30,000,000 steps, one row every 1): ' +
      'set logEverySteps to 3 or more',
  );
  rejects(
    linear('grid: { evaluateEverySteps: [10, 1], steps: [200000] }\n'),
    'sweep.yaml:3:34: grid.evaluateEverySteps[1]: the task would have more than 100,000 evaluations (200,000 steps, one every 1): ' +
      'set evaluateEverySteps to 2 or more',
  );
});

test('rejects a sweep without a required setting', () => {
  rejects(
    'experiment: linear\ngrid: { dimensions: [[3, 12, 20]] }\n',
    'sweep.yaml:1:1: seed is missing: add it to `grid` or `settings`',
  );
  rejects(
    'experiment: linear\ninclude:\n  - { seed: 2 }\n',
    'sweep.yaml:3:5: include[0]: dimensions is missing: add it to `grid` or `settings`, or to this cell',
  );
});

test('rejects duplicate cells', () => {
  rejects(
    linear('').replace('seed: 2', '') + 'grid:\n  seed: [2, 3, 2]\n',
    'sweep.yaml:4:16: grid.seed[2]: duplicate value: 2 is already grid.seed[0]',
  );
  rejects(
    linear('grid:\n  decoderVarianceThreshold: [e^-4, 0.01831563888873418]\n'),
    'sweep.yaml:4:36: grid.decoderVarianceThreshold[1]: duplicate value: e^-4 is already grid.decoderVarianceThreshold[0]',
  );
  rejects(
    linear('grid: { steps: [10, 20] }\ninclude: [{ steps: 30 }, { steps: 20 }]\n'),
    'sweep.yaml:4:26: include[1]: duplicate cell (steps 20)',
  );
  rejects(
    linear('').replace('seed: 2', '') + 'grid: { seed: [2] }\nsettings:\n  seed: 3\n',
    'sweep.yaml:4:1: not valid YAML: Map keys must be unique',
  );
});

test('rejects a setting that is both in the grid and fixed', () => {
  rejects(
    linear('grid: { seed: [3] }\n'),
    'sweep.yaml:2:38: settings.seed: also a key of `grid`: set it in one place only',
  );
});

test('rejects exclusions that match no cell or all cells', () => {
  rejects(
    linear('grid: { steps: [10, 20] }\nexclude: [{ steps: 30 }]\n'),
    'sweep.yaml:4:20: exclude[0].steps: excludes nothing: the grid has no steps 30, only 10, 20',
  );
  rejects(
    linear('grid: { steps: [10, 20] }\nexclude: [{ seed: 2 }]\n'),
    'sweep.yaml:4:13: exclude[0].seed: seed is not a key of `grid`',
  );
  rejects(
    linear('grid: { steps: [10] }\nexclude: [{ steps: 10 }]\n'),
    'sweep.yaml: `exclude` removes all cells',
  );
  rejects(linear('include: []\n'), 'sweep.yaml has no cells: add a `grid`');
});

test('rejects values of other types instead of lists and mappings', () => {
  rejects(
    linear('grid: { steps: 10 }\n'),
    'sweep.yaml:3:16: grid.steps: expected a list of values, such as [1, 2], got 10',
  );
  rejects(
    linear('grid: { steps: [] }\n'),
    'sweep.yaml:3:16: grid.steps: expected a list of at least one value, got []',
  );
  rejects(
    linear('grid: [seed]\n'),
    'sweep.yaml:3:7: grid: expected a mapping of settings to lists of values, got ["seed"]',
  );
});

test('reports all errors of a file, in its order', () => {
  rejects(
    'experiment: linear\ngrid:\n  steps: [0]\n  seed: [x]\nsetings: {}\n',
    [
      'sweep.yaml has 3 errors:',
      '  sweep.yaml:3:11: grid.steps[0]: expected a whole number from 1 to 100,000,000, got 0',
      '  sweep.yaml:4:10: grid.seed[0]: expected a seed, a whole number from 0 to 2,147,483,647, got "x"',
      '  sweep.yaml:5:1: setings: unknown key; did you mean "settings"? Allowed: ' +
        'name, title, experiment, table, grid, sample, space, halving, settings, include, exclude',
    ].join('\n'),
  );
});

test('reports an error once if many cells share it, and at most twenty errors', () => {
  const seeds = Array.from({ length: 50 }, (_, i) => i);
  rejects(
    `experiment: linear\ngrid: { dimensions: [[5, 4, 3]], seed: ${JSON.stringify(seeds)} }\n`,
    'sweep.yaml:2:22: grid.dimensions[0]: expected an ambient dimension of at least 5 (the intrinsic dimension), got 4',
  );
  assert.throws(
    () => load(linear(`grid: { steps: ${JSON.stringify(seeds.map((seed) => -seed))} }\n`)),
    /^InputError: sweep\.yaml has 50 errors:\n(?: {2}sweep\.yaml:3:.*\n){20} {2}\.\.\. and 30 more$/,
  );
});

test('rejects a name that is not a valid folder name', () => {
  const expected = 'expected a name of up to 64 characters (a-z, 0-9, -) that starts with a letter or digit';
  rejects(linear('name: ../up\n'), `sweep.yaml:3:7: name: ${expected}, got "../up"`);
  assert.throws(() => loadFrom({ 'My Sweep.yaml': linear('') }, 'My Sweep.yaml'), {
    name: 'InputError',
    message: `My Sweep.yaml: name: ${expected}, got "My Sweep" from the file's name: set \`name\``,
  });
});

test('rejects invalid values of --only and --set', () => {
  const text =
    linear('').replace('seed: 2', '') +
    'grid: { seed: [2, 3, 4], steps: [10, 20] }\nexclude: [{ seed: 2, steps: 10 }]\n';
  rejects(text, '--only seed=9: no task has this value. Existing values: 2, 3, 4', { only: ['seed=9'] });
  rejects(
    text,
    '--only seed=2 steps=10: no task has all of these values. Run vae-sweep plan to list the tasks.',
    { only: ['seed=2', 'steps=10'] },
  );
  rejects(text, '--only seed: expected key=value or key=value,value', { only: ['seed'] });
  rejects(text, '--only seed=: expected key=value or key=value,value', { only: ['seed='] });
  rejects(text, '--set steps=[: the value is not valid YAML', { set: ['steps=['] });
  rejects(text, `--set stepz=1: "stepz": unknown setting; did you mean "steps"? Allowed: ${ALL_SETTINGS}`, {
    set: ['stepz=1'],
  });
  rejects(text, '--set steps=x: expected a whole number from 1 to 100,000,000, got "x"', {
    set: ['steps=x'],
  });
  rejects(
    text,
    '--only dimensions=3,12,20: expected [intrinsic, ambient, latent], three whole numbers from 1 to 10,000 ' +
      '(for example 3-12-20 or [3,12,20]), got 3',
    { only: ['dimensions=3,12,20'] },
  );
  rejects(
    text,
    'sweep.yaml:1:1: dimensions (from --set or a list of sweeps): expected an ambient dimension of at least 9 (the intrinsic dimension), got 4',
    { set: ['dimensions=9-4-2'] },
  );
});

test('rejects invalid lists of sweep files', () => {
  const part = linear('');
  const rejectsFiles = (files: Record<string, string>, message: string) => {
    assert.throws(() => loadFrom(files, 'all.yaml'), { name: 'InputError', message });
  };
  rejectsFiles({ 'all.yaml': 'sweeps: [a.yaml]' }, 'all.yaml:1:10: sweeps[0]: file not found: a.yaml');
  rejectsFiles(
    { 'all.yaml': 'sweeps: [a.yaml, ./a.yaml]', 'a.yaml': part },
    'all.yaml:1:18: sweeps[1]: a.yaml is listed twice',
  );
  rejectsFiles(
    { 'all.yaml': 'sweeps: [b.yaml]', 'b.yaml': 'sweeps: [all.yaml]' },
    'b.yaml:1:10: sweeps[0]: circular list: all.yaml is this file, or it lists this file',
  );
  rejectsFiles(
    { 'all.yaml': 'sweeps: [a.yaml, b.yaml]', 'a.yaml': part, 'b.yaml': `name: a\n${part}` },
    'a.yaml and b.yaml have the same name "a": set a different `name` in one of them',
  );
  rejectsFiles(
    { 'all.yaml': 'sweeps: [a.yaml]\ngrid: {}\n', 'a.yaml': part },
    'all.yaml:2:1: grid: unknown key. Allowed: name, title, sweeps',
  );
  rejectsFiles(
    { 'all.yaml': 'sweeps: [{ file: a.yaml, set: { step: 1 } }]', 'a.yaml': part },
    `all.yaml:1:33: sweeps[0].set.step: unknown key; did you mean "steps"? Allowed: ${ALL_SETTINGS}`,
  );
  rejectsFiles(
    { 'all.yaml': 'sweeps: [{ file: a.yaml, only: 1 }]', 'a.yaml': part },
    'all.yaml:1:26: sweeps[0].only: unknown key. Allowed: file, set',
  );
  rejectsFiles(
    { 'all.yaml': 'sweeps: [7]', 'a.yaml': part },
    "all.yaml:1:10: sweeps[0]: expected a sweep file's path, or { file, set }, got 7",
  );
  const chain = Object.fromEntries(
    Array.from({ length: 9 }, (_, i) => [`l${i}.yaml`, `sweeps: [l${i + 1}.yaml]`]),
  );
  rejectsFiles(
    { 'all.yaml': 'sweeps: [l0.yaml]', ...chain, 'l9.yaml': part },
    'l7.yaml: lists of sweep files are nested more than 8 levels deep',
  );
});
