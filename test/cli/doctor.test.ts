import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

function doctor(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, [MAIN, 'doctor', ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
}

describe('vae-sweep doctor', () => {
  test('checks TensorFlow, the engines and the random numbers, and reports no problems for this installation', () => {
    const { stdout, status } = doctor(['--json']);
    const checks = JSON.parse(stdout) as { name: string; state: string; found: string }[];
    const found = (name: string) => checks.find((check) => check.name === name)?.found ?? '';
    assert.deepEqual([...new Set(checks.map(({ state }) => state))], ['ok']);
    assert.match(found('TensorFlow'), /^\d+\.\d+\.\d+, from /);
    assert.match(
      found('C engine'),
      /^compiled in \d+ ms, ran in [\d.]+ ms; the engines differ by [\d.]+e-\d+$/,
    );
    assert.equal(found('random numbers'), "match JAX's");
    assert.equal(status, 0);
  });

  test('reports a store that cannot be written to, with a fix', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'vae-sweep-doctor-')), 'file');
    writeFileSync(file, '');
    const { stdout, status } = doctor(['--out', path.join(file, 'out')]);
    assert.match(
      stdout,
      /^failed {2}results +.*file can't be written\n +Fix: make it writable, or choose another folder with --out$/m,
    );
    assert.equal(status, 1);
  });

  test('reports a program cache that others could write to', () => {
    const home = mkdtempSync(path.join(tmpdir(), 'vae-sweep-doctor-'));
    const cache = path.join(home, 'tfjs-loop-compiler');
    mkdirSync(cache);
    chmodSync(cache, 0o777);
    const { stdout, status } = doctor([], { XDG_CACHE_HOME: home });
    assert.match(stdout, /^failed {2}program cache +Refused to load compiled programs from .*its mode 777/m);
    assert.equal(status, 1);
  });

  test('survives a TensorFlow that kills its process, and shows the other checks', () => {
    const { stdout, status } = doctor(['--json'], { NODE_OPTIONS: `--require ${brokenModule()}` });
    const checks = JSON.parse(stdout) as {
      name: string;
      state: string;
      found: string;
      remedy: string | null;
    }[];
    const broken = checks.find(({ name }) => name === 'native TensorFlow');
    assert.deepEqual([broken?.state, broken?.remedy], ['failed', 'run `npx vae-sweep setup`']);
    assert.match(broken?.found ?? '', /it ended with SIGKILL/);
    assert.ok(checks.some(({ name, state }) => name === 'results' && state === 'ok'));
    assert.equal(status, 1);
  });
});

/** Kills the process that loads tfjs-node's binding, as a library for another CPU does. */
function brokenModule(): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'vae-sweep-doctor-')), 'broken.cjs');
  writeFileSync(file, "process.dlopen = () => process.kill(process.pid, 'SIGKILL');\n");
  return file;
}
