import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fc } from '../fast-check.js';
import { InputError } from '../../src/errors.js';
import { loadSweep } from '../../src/sweep/load.js';
import { load, VERSIONS } from './sweep-folder.js';

const VALID = 'experiment: linear\nsettings: { dimensions: [3, 12, 20], seed: 2 }\n';

function rejects(text: string, message: string | RegExp): void {
  assert.throws(() => load(text), { name: 'InputError', message });
}

test('rejects a missing file, a folder and a binary file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-files-'));
  const rejectsFile = (name: string, message: string) => {
    const file = path.join(folder, name);
    assert.throws(() => loadSweep(file, { versions: VERSIONS }), {
      name: 'InputError',
      message,
    });
  };
  const at = (name: string) => path.join(folder, name);
  mkdirSync(at('folder.yaml'));
  writeFileSync(at('binary.yaml'), Buffer.from([0xff, 0xfe, 0x00, 0x80]));
  rejectsFile('none.yaml', `Sweep file not found: ${at('none.yaml')}`);
  rejectsFile(
    'binary2.yaml',
    `Sweep file not found: ${at('binary2.yaml')}. Did you mean ${at('binary.yaml')}?`,
  );
  rejectsFile('folder.yaml', `${at('folder.yaml')} is not a file: expected a sweep file`);
  rejectsFile('binary.yaml', `${at('binary.yaml')} is not valid UTF-8`);
});

test('rejects an empty file and a file that is not a mapping', () => {
  rejects('', 'sweep.yaml is empty: expected a YAML mapping');
  rejects(
    '[1, 2]',
    'sweep.yaml:1:1: expected a mapping with `experiment` and `grid`, or with `sweeps`, got [1,2]',
  );
  rejects('# only this\n', 'sweep.yaml is empty: expected a YAML mapping');
});

test('rejects invalid YAML, with its place', () => {
  rejects(`${VALID}grid: {\n`, /^sweep\.yaml:4:1: not valid YAML: /);
  rejects(`${VALID}grid: !!js/function x\n`, /^sweep\.yaml:3:7: not valid YAML: Unresolved tag/);
  rejects(`${VALID}---\na: 1\n`, 'sweep.yaml:3:1: expected a single YAML document, found a second one');
  rejects(
    `${VALID}? [1]\n: 2\n`,
    'sweep.yaml:3:3: not valid YAML: With stringKeys, all keys must be strings',
  );
});

test('rejects a file of more than 1 MiB', () => {
  rejects(
    `${VALID}#${' '.repeat(1 << 20)}`,
    /^sweep\.yaml has [\d,]+ bytes, the maximum for a sweep file is 1,048,576$/,
  );
});

test('rejects collections whose nesting would exhaust the stack', () => {
  rejects('['.repeat(100_000), 'sweep.yaml is nested more than 32 levels deep');
  rejects(`a: ${'['.repeat(5_000)}${']'.repeat(5_000)}`, 'sweep.yaml is nested more than 32 levels deep');
  rejects(`${'- '.repeat(5_000)}1`, 'sweep.yaml is nested more than 32 levels deep');
});

test('rejects a mapping with so many keys that comparing them would take minutes', () => {
  const keys = Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`);
  rejects(keys.join('\n'), 'sweep.yaml has a mapping with more than 1,000 keys');
  rejects(`{${keys.join(', ')}}`, 'sweep.yaml has a mapping with more than 1,000 keys');
});

test('rejects aliases that expand to more than fits into memory', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
  const lines = names.map((name, i) => {
    const items = i === 0 ? 'x' : `*${names[i - 1] ?? ''}`;
    return `${name}: &${name} [${Array(9).fill(items).join(', ')}]`;
  });
  rejects(lines.join('\n'), 'sweep.yaml has aliases that expand to too many values: write the values out');
  rejects(
    `${VALID}grid: { steps: &loop [*loop] }\n`,
    /^sweep\.yaml:3:\d+: grid\.steps\[0\]: expected a whole number/,
  );
});

test('resolves aliases, and reports errors at the place of the anchor', () => {
  const text =
    'experiment: linear\ngrid: { dimensions: [&d [3, 12, 20]], seed: [2] }\ninclude: [{ dimensions: *d, seed: 3 }]\n';
  assert.equal(load(text).tasks.length, 2);
  rejects(
    'experiment: linear\ninclude:\n  - &cell { seed: 2, dimensions: [3, 12, 0] }\n  - *cell\n',
    [
      'sweep.yaml has 2 errors:',
      ...[0, 1].map(
        (i) =>
          `  sweep.yaml:3:42: include[${i}].dimensions[2]: expected a latent dimension, a whole number from 1 to 10,000, got 0`,
      ),
    ].join('\n'),
  );
});

test('treats keys of object prototypes like any unknown key', () => {
  for (const key of ['__proto__', 'constructor', 'toString'])
    rejects(`${VALID}${key}: { experiment: sphere }\n`, new RegExp(`^sweep\\.yaml:3:1: ${key}: unknown key`));
  rejects(
    `experiment: linear\nsettings: { __proto__: { seed: 2 }, dimensions: [3, 12, 20] }\n`,
    /__proto__: unknown key/,
  );
  rejects(
    'experiment: toString\nsettings: { seed: 2, dimensions: [3, 12, 20] }\n',
    /^sweep\.yaml:1:13: experiment: expected/,
  );
  assert.equal(({} as Record<string, unknown>)['experiment'], undefined);
});

test('any text gives either a sweep or an InputError', () => {
  const scalar = fc.oneof(
    fc.integer(),
    fc.double(),
    fc.string(),
    fc.constantFrom('e^-4', 'none', null, true),
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie('any')), fc.dictionary(key, tie('any'))),
  })).any;
  const file = fc.record(
    {
      experiment: fc.constantFrom('linear', 'sigmoid', 'gradient-flow', 'identities', 'x'),
      grid: value,
      settings: value,
      include: value,
      exclude: value,
      name: value,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        file.map((content) => JSON.stringify(content)),
      ),
      (text) => {
        try {
          load(text);
        } catch (error) {
          assert.ok(error instanceof InputError, String(error));
        }
      },
    ),
    { numRuns: 300 },
  );
});

const key = fc.constantFrom(
  'dimensions',
  'seed',
  'steps',
  'hiddenWidths',
  'identity',
  'startScale',
  'badOptimumExtraDims',
  'decoderVarianceThreshold',
  'foo',
  '__proto__',
);
