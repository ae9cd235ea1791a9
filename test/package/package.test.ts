import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CAN_NOT_INSTALL = 'npm can not install packages on this machine';
const TARBALL = 'vae-sweep-0.1.0.tgz';

const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-package-'));

function pack(target: string, umask: string): Buffer {
  const command = `umask ${umask} && exec "$0" scripts/pack.mjs "$1"`;
  const { status, stderr } = spawnSync('sh', ['-c', command, process.execPath, target], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return readFileSync(path.join(target, TARBALL));
}

describe('the package', () => {
  let bytes: Buffer;
  before(() => {
    bytes = pack(folder, '0022');
  });

  test('has the same bytes if it is made again by another user', () => {
    assert.ok(pack(mkdtempSync(path.join(tmpdir(), 'vae-sweep-package-')), '0077').equals(bytes));
  });

  test('is not made by a plain `npm pack`, which would pack an old build or none', () => {
    const { status, stderr } = spawnSync('npm', ['pack'], { cwd: ROOT, encoding: 'utf8' });
    assert.notEqual(status, 0);
    assert.match(stderr, /no such file or directory, open '.*use `npm run pack`/);
  });

  test('works in an empty project, without install scripts', (t) => {
    const call = (command: string, ...args: readonly string[]) =>
      spawnSync(command, args, {
        cwd: folder,
        encoding: 'utf8',
        // Use the environment of a user's shell, without the variables that npm set for this test run.
        env: {
          PATH: process.env['PATH'],
          HOME: process.env['HOME'],
          XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'],
        },
      });
    writeFileSync(
      path.join(folder, 'package.json'),
      '{ "name": "empty", "version": "1.0.0", "type": "module" }',
    );
    const installed = call(
      'npm',
      'install',
      '--ignore-scripts',
      '--prefer-offline',
      '--no-audit',
      `./${TARBALL}`,
    );
    if (installed.status !== 0 && /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|E40\d/.test(installed.stderr)) {
      t.skip(CAN_NOT_INSTALL);
      return;
    }
    assert.equal(installed.status, 0, installed.stderr);
    const setup = call('npx', 'vae-sweep', 'setup');
    assert.equal(setup.status, 0, setup.stderr);
    assert.match(setup.stdout, /^Ready: TensorFlow \d/);
    writeFileSync(
      path.join(folder, 'mine.yaml'),
      'experiment: linear\ngrid: { dimensions: [[1, 3, 2]], seed: [1] }\n',
    );
    const run = call('npx', 'vae-sweep', 'run', 'mine.yaml', '--set', 'steps=200');
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stderr, /done: linear-1-3-2-seed1-/);
    writeFileSync(
      path.join(folder, 'read.js'),
      `import { readLogs } from 'vae-sweep';
    for await (const { steps } of readLogs('mine.yaml', { set: ['steps=200'] })) console.log(steps().numRows);`,
    );
    const read = call('node', 'read.js');
    assert.equal(read.stdout, '200\n', read.stderr);
  });
});
