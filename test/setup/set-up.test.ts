import assert from 'node:assert/strict';
import { existsSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { FakeMachine, VERSION } from './fake-machine.js';
import { NO_WHEEL_HERE } from './platform.js';

describe('the setup', { skip: NO_WHEEL_HERE, timeout: 60_000 }, () => {
  let machine: FakeMachine;
  beforeEach(() => {
    machine = new FakeMachine();
  });
  afterEach(() => {
    machine.destroy();
  });

  test('prepares a fresh clone, and reports each step on stderr', async () => {
    const root = machine.clone();
    const { status, stdout, stderr } = await machine.setUp(root);
    assert.equal(status, 0, stderr);
    assert.equal(stdout, '');
    const steps = [
      'npm packages: installing ... ',
      `TensorFlow ${VERSION}: downloading `,
      `TensorFlow ${VERSION}: checking and unpacking into ${machine.tensorflow} ... `,
      `TensorFlow ${VERSION}: compiling the binding ... `,
      'TypeScript: compiling ... ',
      'Command: linking `npx vae-sweep` ... ',
    ];
    const places = steps.map((step) => stderr.indexOf(step));
    assert.ok(!places.includes(-1), stderr);
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
    assert.equal(readlinkSync(path.join(root, 'node_modules/.bin/vae-sweep')), '../../bin/vae-sweep.mjs');
  });

  test('does nothing silently if everything is installed', async () => {
    const root = await machine.readyClone();
    assert.deepEqual(await machine.setUp(root), { status: 0, stdout: '', stderr: '' });
    assert.deepEqual(machine.calls(), []);
  });

  test('runs before the first command in a fresh clone', async () => {
    const root = machine.clone();
    const first = await machine.setUp(root, { program: 'bin/vae-sweep.mjs' });
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stderr, /^vae-sweep is not set up yet: doing it now[.]\n/);
    assert.deepEqual(await machine.setUp(root, { program: 'bin/vae-sweep.mjs' }), {
      status: 0,
      stdout: '',
      stderr: '',
    });
  });

  for (const { version, old } of [
    { version: '18.20.8', old: true },
    { version: '20.18.3', old: true },
    { version: '20.19.0', old: false },
    { version: '22.0.0', old: false },
  ]) {
    test(`${old ? 'rejects' : 'accepts'} Node ${version}`, async () => {
      const root = machine.clone();
      const { status, stderr } = await machine.setUp(root, { nodeVersion: version });
      if (!old) {
        assert.equal(status, 0, stderr);
        return;
      }
      assert.equal(status, 1);
      assert.equal(
        stderr,
        `Setup failed: Node ${version} is too old: 20.19 or later is required\n` +
          'Fix: install Node 20, 22, 24 or 26 (https://nodejs.org/en/download, or `nvm install 22`), ' +
          'then run the command again\n',
      );
      assert.deepEqual(machine.calls(), []);
    });
  }

  for (const { system, found } of [
    { system: 'darwin arm64', found: 'darwin on arm64' },
    { system: 'win32 x64', found: 'win32 on x64' },
    { system: 'linux arm64 musl', found: 'linux on arm64 with musl' },
    { system: 'linux ppc64 glibc', found: 'linux on ppc64' },
  ])
    test(`refuses ${found} with the command of a container, before it installs anything`, async () => {
      assert.deepEqual(await machine.setUp(machine.clone(), { system }), {
        status: 1,
        stdout: '',
        stderr:
          `Setup failed: vae-sweep needs Linux on x64 or arm64 with glibc, and this is ${found}\n` +
          'Fix: run it in a container, in a clone: `docker build --tag vae-sweep . && ' +
          'docker run --rm --volume vae-sweep:/store vae-sweep run sweeps/quickstart.yaml`\n',
      });
      assert.deepEqual(machine.calls(), []);
    });

  test('downloads the wheel for arm64 on Linux arm64, into a folder of its own', async () => {
    const { status, stderr } = await machine.setUp(machine.clone(), { system: 'linux arm64 glibc' });
    assert.equal(status, 1, 'the fake pip has only the wheel of this machine');
    const [download = ''] = machine.calls('python3 -m pip download');
    assert.match(download, / --platform manylinux_2_27_aarch64 tensorflow==\S+ --dest /);
    assert.match(stderr, /pip could not download tensorflow-\S+_aarch64[.]whl/);
  });

  for (const { where, clones, compilations } of [
    { where: 'in one clone, and then has nothing to do', clones: ['clone', 'clone'], compilations: 1 },
    {
      where: "in two clones: the second uses the first one's download",
      clones: ['clone', 'second'],
      compilations: 2,
    },
  ]) {
    test(`waits for another one ${where}`, async () => {
      const [first = '', second = ''] = clones.map((name) => machine.clone(name));
      const letPipEnd = machine.haltPip();
      const ahead = machine.start(first);
      await ahead.said('downloading');
      const behind = machine.start(second);
      await behind.said('Another setup is running; waiting for it to finish\n');
      letPipEnd();
      for (const { status, stderr } of [await ahead.ended, await behind.ended])
        assert.equal(status, 0, stderr);
      assert.equal(machine.calls('python3 -m pip download').length, 1);
      for (const tool of ['npm ci', 'g++ -O2']) assert.equal(machine.calls(tool).length, compilations, tool);
      // The code for Node, and the dashboard's page.
      assert.equal(machine.calls('tsc').length, 2 * compilations);
      machine.forgetCalls();
      for (const root of [first, second])
        assert.deepEqual(await machine.setUp(root), { status: 0, stdout: '', stderr: '' });
    });
  }

  test("shows npm's output if npm fails", async () => {
    machine.fake('npm', { 'ci *': "echo 'npm error code ECONNREFUSED' >&2; exit 1" });
    const { status, stderr } = await machine.setUp(machine.clone());
    assert.equal(status, 1);
    assert.equal(
      stderr,
      'npm packages: installing ... failed\n' +
        'npm error code ECONNREFUSED\n' +
        'Setup failed: npm could not install the packages of package-lock.json (see its output above)\n' +
        'Fix: check the network and `npm config get registry`, then run `npm run setup`\n',
    );
  });

  test('installs the packages again if the lock file changed', async () => {
    const root = await machine.readyClone();
    const lock = { packages: { '': {}, 'node_modules/typescript': { integrity: 'sha512-other' } } };
    writeFileSync(path.join(root, 'package-lock.json'), JSON.stringify(lock));
    await machine.setUp(root);
    assert.deepEqual(machine.calls('npm'), ['npm ci --include=dev']);
  });

  test('compiles again if a source changed, and removes outputs of deleted sources', async () => {
    const root = machine.clone();
    const other = path.join(root, 'src/cli/other.ts');
    writeFileSync(other, '');
    await machine.setUp(root);
    const compiled = path.join(root, 'dist/src/cli');
    assert.deepEqual(readdirSync(compiled).sort(), ['main.js', 'other.js']);
    machine.forgetCalls();

    rmSync(other);
    const { status, stderr } = await machine.setUp(root);
    assert.equal(status, 0, stderr);
    assert.deepEqual(readdirSync(compiled), ['main.js']);
    assert.deepEqual(machine.calls(), ['tsc', 'tsc']);
  });

  test("shows the compiler's errors, and tries again the next time", async () => {
    const root = await machine.readyClone();
    writeFileSync(path.join(root, 'src/cli/main.ts'), 'wrong');
    const failed = await machine.setUp(root);
    assert.equal(failed.status, 1);
    assert.equal(
      failed.stderr,
      'TypeScript: compiling ... failed\n' +
        "src/cli/main.ts(1,1): error TS2304: Cannot find name 'wrong'.\n" +
        'Setup failed: TypeScript reported errors (see above)\n' +
        'Fix: correct the errors, then run `npm run setup`\n',
    );
    assert.equal((await machine.setUp(root)).status, 1);
    writeFileSync(path.join(root, 'src/cli/main.ts'), '');
    assert.equal((await machine.setUp(root)).status, 0);
    assert.ok(existsSync(path.join(root, 'dist/src/cli/main.js')));
  });
});
