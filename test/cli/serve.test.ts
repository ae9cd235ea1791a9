import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MAIN, vaeSweep } from './command.js';

const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-serve-cli-'));
const file = path.join(folder, 'mine.yaml');
writeFileSync(file, 'experiment: linear\ngrid: { dimensions: [[1, 2, 1]], seed: [1, 2] }\n');

test('serve prints its address, suggests the next port if it is in use, and exits on Ctrl-C', async () => {
  const server = spawn(process.execPath, [MAIN, 'serve', file, '--out', folder, '--port', '0']);
  const [output] = (await once(server.stdout, 'data')) as [Buffer];
  const { port } = new URL(output.toString());
  const next = Number(port) + 1;
  const busy = (...args: string[]) => vaeSweep(...args, '--out', folder, '--port', port);
  assert.deepEqual(busy('serve', file), {
    status: 3,
    stdout: '',
    stderr: `vae-sweep: port ${port} is in use: try vae-sweep serve ${file} --out ${folder} --port ${next}\n`,
  });
  const plugin = fileURLToPath(new URL('../../../examples/plugins/flat-torus.mjs', import.meta.url));
  assert.match(
    busy('serve', file, '--plugin', plugin).stderr,
    new RegExp(`try vae-sweep serve .* --plugin ${plugin} --out ${folder} --port ${next}\n`),
  );
  const run = busy('run', file, '--serve');
  assert.equal(run.status, 3);
  assert.equal(run.stderr, `vae-sweep: port ${port} is in use: try it with --port ${next}\n`);
  server.kill('SIGINT');
  assert.deepEqual(await once(server, 'exit'), [130, null]);
});

test('serve rejects invalid options with a remedy', () => {
  const mistakes: readonly (readonly [readonly string[], RegExp])[] = [
    [['serve', '--out', path.join(folder, 'none')], /none has no sweep yet: pass a sweep file/],
    [['serve', '--only', 'seed=1', '--out', folder], /require a sweep file: pass one/],
    [['serve', file, '--port', '70000'], /--port: expected a whole number from 0 to 65535, got 70000/],
    [
      ['serve', file, '--out', folder, '--host', '300.1.1.1'],
      /--host 300.1.1.1: this machine does not have this address/,
    ],
  ];
  for (const [args, message] of mistakes) {
    const { status, stderr } = vaeSweep(...args);
    assert.equal(status, 2, stderr);
    assert.match(stderr, message);
  }
});
