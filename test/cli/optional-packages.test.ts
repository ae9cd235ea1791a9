import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { missingPackages } from '../../src/input/optional-packages.js';
import { MAIN, type Outcome } from './command.js';

const FIGURES =
  'vega, vega-lite and @resvg/resvg-js: npm install vega@6.4.0 vega-lite@6.4.3 @resvg/resvg-js@2.6.2';

test('a clone has all optional packages', () => {
  for (const part of ['queue', 'bucket', 'figures'] as const) assert.equal(missingPackages(part), null);
});

describe('without the optional packages', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-optional-'));
  const sweep = path.join(folder, 'flow.yaml');
  const out = path.join(folder, 'out');
  const call = (...args: readonly string[]): Outcome =>
    spawnSync(
      process.execPath,
      ['--import', new URL('./without-packages.js', import.meta.url).href, MAIN, ...args, '--out', out],
      { encoding: 'utf8', timeout: 240_000 },
    );

  before(() => {
    writeFileSync(
      sweep,
      'experiment: gradient-flow\nsettings: { dimensions: [3, 1, 2], seed: 1, maxSteps: 10 }\n',
    );
    const { status, stderr } = call('run', sweep, '--workers', '1');
    assert.equal(status, 0, stderr);
  });

  for (const [what, args, expected] of [
    [
      'run --queue',
      ['run', sweep, '--queue', 'redis://127.0.0.1:1'],
      '--queue needs bullmq and ioredis: npm install bullmq@6.7.0 ioredis@6.0.0',
    ],
    [
      'worker',
      ['worker', '--queue', 'redis://127.0.0.1:1'],
      'worker needs bullmq and ioredis: npm install bullmq@6.7.0 ioredis@6.0.0',
    ],
    [
      'merge from a bucket',
      ['merge', 's3://name/prefix'],
      's3://name/prefix needs @aws-sdk/client-s3 and @aws-sdk/lib-storage: npm install @aws-sdk/client-s3@3.1175.0 @aws-sdk/lib-storage@3.1175.0',
    ],
    ['plot', ['plot', sweep], `plot needs ${FIGURES}`],
  ] as const)
    test(`${what} says in one line what to install`, () => {
      const { status, stdout, stderr } = call(...args);
      assert.deepEqual([status, stdout], [2, '']);
      assert.equal(stderr.trimEnd().split('\n').at(-1), `vae-sweep: ${expected}`);
    });

  test('report writes its page and tables, and says why it has no figures', () => {
    const { status, stdout, stderr } = call('report', sweep);
    assert.equal(status, 0, stderr);
    assert.equal(stderr, `The report has no figures: figures need ${FIGURES}\n`);
    const report = path.join(out, 'sweeps/flow');
    assert.ok(stdout.endsWith(`Report: ${report}/report.html\nTables: ${report}\n`), stdout);
    assert.ok(
      readFileSync(path.join(report, 'report.html'), 'utf8').includes(`Left out: figures need ${FIGURES}`),
    );
    assert.notDeepEqual(readdirSync(path.join(report, 'tables')), []);
    assert.ok(!existsSync(path.join(report, 'figures')));
  });
});

test('the lowest version of each optional package is the one that a clone tests', () => {
  const manifest = JSON.parse(
    readFileSync(fileURLToPath(new URL('../../../package.json', import.meta.url)), 'utf8'),
  ) as { readonly peerDependencies: object; readonly devDependencies: Readonly<Record<string, string>> };
  for (const [name, range] of Object.entries(manifest.peerDependencies))
    assert.equal(range, `^${manifest.devDependencies[name] ?? ''}`);
});
