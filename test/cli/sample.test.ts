import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { readLog } from '../../src/logs/read.js';
import { vaeSweep } from './command.js';

describe('sample', () => {
  const out = mkdtempSync(path.join(tmpdir(), 'vae-sweep-sample-'));
  let task = '';
  let others: readonly string[] = [];
  const sampleOf = (name: string, ...args: readonly string[]) =>
    vaeSweep('sample', name, '--out', out, ...args);
  const sample = (...args: readonly string[]) => sampleOf(task, ...args);
  const rowsOf = (csv: string) =>
    csv
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').map(Number));

  before(() => {
    const file = path.join(out, 'sphere.yaml');
    writeFileSync(
      file,
      `experiment: sphere
settings: { steps: 1500, dimensions: [2, 6, 3], seed: 1 }
include:
  - {}
  - { decoderVarianceMethod: optimal, hiddenWidths: [20] }
  - { decoderVarianceThreshold: 1, finalDecoderVarianceThreshold: e^-2, hiddenWidths: [20] }
`,
    );
    assert.equal(vaeSweep('run', file, '--out', out).status, 0);
    const entries = parse(vaeSweep('ls', '--out', out, '--json').stdout) as { name: string }[];
    const names = entries.map(({ name }) => name);
    task = names.find((name) => !/-(optimal|to)-/.test(name)) ?? '';
    others = names.filter((name) => name !== task);
  });

  it('draws the same points again, also as the first of a larger number', () => {
    const few = sample('-n', '3');
    assert.equal(few.status, 0, few.stderr);
    assert.match(few.stdout, /^x1,x2,x3,x4,x5,x6\n/);
    const many = rowsOf(sample('-n', '1200').stdout);
    assert.equal(many.length, 1200);
    // The points of the second block differ.
    assert.notDeepEqual(many[1000], many[0]);
    assert.deepEqual(rowsOf(few.stdout), many.slice(0, 3));
    assert.notDeepEqual(rowsOf(sample('-n', '3', '--seed', '1').stdout), rowsOf(few.stdout));
  });

  it('draws from the same model as the evaluation, also with an optimal variance or an annealed bound', () => {
    assert.equal(others.length, 2);
    for (const name of [task, ...others]) assertSameModel(name);
  });

  function assertSameModel(task: string): void {
    const log = readLog(path.join(out, 'tasks', task, 'samples.arrow'));
    const spread = (values: readonly number[]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)];
    };
    const drawn = rowsOf(sampleOf(task, '-n', '5000').stdout);
    for (const column of [0, 1, 2, 5]) {
      const [mean = NaN, deviation = NaN] = spread(drawn.map((row) => row[column] ?? NaN));
      const logged = spread(Array.from(log.getChild(`x${column + 1}`)?.toArray() as Float32Array));
      // Five standard errors of the log's 1,000 points.
      assert.ok(
        Math.abs(mean - (logged[0] ?? 0)) < (5 * deviation) / Math.sqrt(1000),
        `mean of x${column + 1} of ${task}`,
      );
      assert.ok(Math.abs(deviation / (logged[1] ?? 0) - 1) < 0.12, `deviation of x${column + 1} of ${task}`);
    }
  }

  it('writes a new file, but never overwrites one', () => {
    const file = path.join(out, 'points.csv');
    assert.equal(sample('-n', '5', '--to', file).status, 0);
    assert.equal(rowsOf(readFileSync(file, 'utf8')).length, 5);
    const again = sample('-n', '5', '--to', file);
    assert.equal(again.status, 2);
    assert.match(again.stderr, /points\.csv: already exists/);
  });

  it('rejects invalid requests', () => {
    assert.match(vaeSweep('sample', 'none', '--out', out).stderr, /Task not found: none in /);
    assert.match(sample('-n', '0').stderr, /-n: expected a whole number from 1 to 10000000, got 0/);
    assert.match(sample('-n', 'x').stderr, /-n: expected a whole number/);
    const full = sample('-n', '1', '--to', '/dev/full/points.csv');
    assert.equal(full.status, 2);
    assert.match(full.stderr, /can't be created \(ENOTDIR\)/);
    assert.match(sample('--seed', '-1').stderr, /--seed: expected a whole number from 0/);
  });
});
