import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import { parse } from 'yaml';
import '../../src/experiments/index.js';
import { sweepFileJsonSchema } from '../../src/sweep/json-schema.js';
import { sweepFileReference } from '../../src/sweep/reference.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const page = (name: string) => readFileSync(path.join(ROOT, 'docs', name), 'utf8');

describe('the reference of sweep files', () => {
  it('matches the schemas; if not, regenerate it with `vae-sweep schema`', () => {
    assert.equal(page('sweep-files.md'), sweepFileReference());
    assert.deepEqual(JSON.parse(page('sweep.schema.json')), sweepFileJsonSchema());
  });

  it('describes every key', () => {
    const rows = sweepFileReference()
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    assert.ok(rows.length > 50);
    for (const row of rows) assert.match(row, /[a-z].*\|\s*$/, row);
    assert.doesNotMatch(sweepFileReference(), /\|\s+\|$/m);
  });

  const validate = new Ajv().compile(sweepFileJsonSchema());

  it('accepts every sweep of this repository', () => {
    const files = readdirSync(path.join(ROOT, 'sweeps'));
    assert.ok(files.length > 15);
    for (const file of files) {
      const value: unknown = parse(readFileSync(path.join(ROOT, 'sweeps', file), 'utf8'));
      assert.ok(validate(value), `${file}: ${JSON.stringify(validate.errors?.[0])}`);
    }
  });

  it('rejects files that the program rejects', () => {
    const grid = { dimensions: [[1, 2, 1]], seed: [1] };
    const mistakes = [
      { experiment: 'linear', grids: grid },
      { experiment: 'lineer', grid },
      { experiment: 'linear', grid: { ...grid, seed: [-1] } },
      { experiment: 'linear', grid: { ...grid, badOptimumExtraDims: [1] } },
      { experiment: 'landscape', grid: { ...grid, steps: [1] } },
      { sweeps: [] },
    ];
    for (const mistake of mistakes) assert.ok(!validate(mistake), JSON.stringify(mistake));
  });
});
