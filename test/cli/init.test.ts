import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { noPython, usePython } from '../examples/python.js';

const ROOT = path.join(import.meta.dirname, '../../..');
const COMMAND = path.join(ROOT, 'bin', 'vae-sweep.mjs');
usePython();

/** Creates a project in a folder in which the package is installed. */
function project(form: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-init-'));
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(ROOT, path.join(folder, 'node_modules', 'vae-sweep'));
  const { stdout } = succeed(folder, COMMAND, 'init', 'mine', '--form', form);
  assert.match(stdout, /Next:\n {2}cd mine\n {2}npx vae-sweep plan sweep\.yaml/);
  return path.join(folder, 'mine');
}

function succeed(cwd: string, ...args: readonly string[]): { stdout: string; stderr: string } {
  // The command may start its own test runner, which must not report to this one.
  const env = { ...process.env };
  delete env['NODE_TEST_CONTEXT'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
  return { stdout, stderr };
}

describe('a project that init creates', () => {
  it('has a function, a sweep that runs, and a test that passes', () => {
    const folder = project('function');
    assert.match(succeed(folder, COMMAND, 'plan', 'sweep.yaml').stdout, /15 tasks/);
    const { stdout } = succeed(folder, COMMAND, 'run', 'sweep.yaml', '--only', 'points=1000');
    assert.match(stdout, /estimate/);
    succeed(folder, '--test', 'experiment.test.mjs');
  });

  it('has training, and a test that runs it', () => {
    const folder = project('training');
    assert.match(succeed(folder, COMMAND, 'plan', 'sweep.yaml').stdout, /18 tasks/);
    succeed(folder, '--test', 'experiment.test.mjs');
  });

  it('has a Python script that runs and resumes', { skip: noPython }, () => {
    const folder = project('command');
    const { stdout } = succeed(folder, COMMAND, 'run', 'sweep.yaml', '--only', 'learningRate=0.1');
    assert.match(stdout, /testLoss/);
    succeed(folder, '--test', 'experiment.test.mjs');
  });

  it('does not overwrite existing files', () => {
    const folder = project('function');
    const { status, stderr } = spawnSync(process.execPath, [COMMAND, 'init', folder], { encoding: 'utf8' });
    assert.equal(status, 2);
    assert.match(stderr, /experiment\.mjs already exists: choose another folder, or delete the file/);
    assert.equal(readdirSync(folder).length, 4);
  });
});

it('an error in the project configuration is reported with its line', () => {
  const folder = project('function');
  spawnSync('sh', ['-c', 'echo "experimets: []" > vae-sweep.config.yaml'], { cwd: folder });
  const { status, stderr } = spawnSync(process.execPath, [COMMAND, 'ls'], { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 2);
  assert.match(stderr, /vae-sweep\.config\.yaml:1:1: experimets: unknown key; did you mean "experiments"\?/);
});
