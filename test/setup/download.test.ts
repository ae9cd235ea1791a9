import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { FakeMachine, VERSION, WHEEL, WHEEL_FILE } from './fake-machine.js';
import { NO_WHEEL_HERE } from './platform.js';

describe('TensorFlow in the cache', { skip: NO_WHEEL_HERE, timeout: 60_000 }, () => {
  let machine: FakeMachine;
  beforeEach(() => {
    machine = new FakeMachine();
  });
  afterEach(() => {
    machine.destroy();
  });

  test('is downloaded with one call of pip, and contains only the required files of the wheel', async () => {
    const { status, stdout, stderr } = await machine.setUp(machine.clone());
    assert.equal(status, 0, stderr);
    assert.equal(stdout, '');
    const [download, ...more] = machine.calls('python3 -m pip download');
    const [, platform = ''] = /-(manylinux_\w+)[.]whl$/.exec(WHEEL_FILE) ?? [];
    assert.match(String(download), / --no-deps /);
    assert.ok(download?.includes(` --platform ${platform} ${WHEEL.project}==${VERSION} --dest `), download);
    assert.deepEqual(more, []);
    assert.deepEqual(readdirSync(machine.cache), [WHEEL.cacheFolder]);
    assert.deepEqual(readdirSync(machine.tensorflow).sort(), [
      'include',
      'libtensorflow_cc.so.2',
      'libtensorflow_framework.so.2',
    ]);
  });

  test('is not downloaded again by a second clone', async () => {
    await machine.readyClone();
    machine.fakePip('exit 1');
    const { status, stderr } = await machine.setUp(machine.clone('second'));
    assert.equal(status, 0, stderr);
    assert.deepEqual(machine.calls('python3'), []);
  });

  test('rejects a wheel with a wrong hash', async () => {
    const root = machine.clone();
    const expected = machine.wheelSha256();
    machine.spoilWheel();
    const { status, stdout, stderr } = await machine.setUp(root);
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.ok(
      stderr.endsWith(
        `Setup failed: ${WHEEL_FILE} has SHA-256 ${machine.wheelSha256()}, expected ${expected}: ` +
          'it is truncated or not the released file\n' +
          'Fix: run `npm run setup` again; if it fails again, check the index in `pip config list`\n',
      ),
      stderr,
    );
    assert.deepEqual(readdirSync(machine.cache), []);
    assert.deepEqual(machine.calls('g++ -O2'), []);
  });

  test('needs pip: without it, the message contains the command that installs it', async () => {
    machine.removePip();
    const { status, stderr } = await machine.setUp(machine.clone());
    assert.equal(status, 1);
    assert.ok(
      stderr.endsWith(
        'Setup failed: pip, which downloads TensorFlow, was not found ' +
          '(tried `python3 -m pip`, `python -m pip`, `pip3`, `pip`)\n' +
          'Fix: `sudo apt-get install python3-pip`, then `npm run setup`\n',
      ),
      stderr,
    );
    assert.deepEqual(readdirSync(machine.cache), []);
  });

  test("shows pip's output if pip fails, and leaves no files behind", async () => {
    machine.fakePip(`echo half > "$last/half"; echo 'ERROR: No matching distribution' >&2; exit 1`);
    const { status, stderr } = await machine.setUp(machine.clone());
    assert.equal(status, 1);
    assert.ok(
      stderr.endsWith(
        'ERROR: No matching distribution\n' +
          `Setup failed: pip could not download ${WHEEL_FILE} (see its output above)\n` +
          'Fix: check the network and the index (`pip config list`), then run `npm run setup`\n',
      ),
      stderr,
    );
    assert.deepEqual(readdirSync(machine.cache), []);
  });

  test('is downloaded again after a setup was killed, whose partial files are deleted', async () => {
    const root = machine.clone();
    machine.haltPip();
    const killed = machine.start(root);
    await killed.said('downloading');
    await killed.kill();
    const [left = '', ...more] = readdirSync(machine.cache);
    assert.ok(left.startsWith(`partial-${hostname()}-`), left);
    assert.deepEqual(more, []);

    machine.fakePip(`cp '${path.join(machine.folder, WHEEL_FILE)}' "$last"`);
    const { status, stderr } = await machine.setUp(root);
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(stderr, /Another setup/);
    assert.deepEqual(readdirSync(machine.cache), [WHEEL.cacheFolder]);
  });

  test("keeps partial files of another machine's setup in a shared home folder", async () => {
    const others = path.join(machine.cache, 'partial-another.machine-x1');
    mkdirSync(others, { recursive: true });
    const { status, stderr } = await machine.setUp(machine.clone());
    assert.equal(status, 0, stderr);
    assert.ok(existsSync(others));
  });

  for (const spoil of [
    {
      what: 'a library is truncated',
      how: () => {
        writeFileSync(path.join(machine.tensorflow, 'libtensorflow_cc.so.2'), 'short');
      },
    },
    {
      what: 'the headers are missing and a clone is set up',
      how: () => {
        rmSync(path.join(machine.tensorflow, 'include'), { recursive: true });
        rmSync(path.join(machine.folder, 'clone/node_modules/@tensorflow/tfjs-node/deps'), {
          recursive: true,
        });
      },
    },
    {
      what: 'it is empty',
      how: () => {
        rmSync(machine.cache, { recursive: true });
      },
    },
  ]) {
    test(`is filled again if ${spoil.what}`, async () => {
      const root = await machine.readyClone();
      const whole = path.join(machine.folder, 'whole');
      cpSync(machine.tensorflow, whole, { recursive: true });
      spoil.how();
      const { status, stderr } = await machine.setUp(root);
      assert.equal(status, 0, stderr);
      assert.equal(machine.calls('python3 -m pip download').length, 1);
      for (const file of readdirSync(whole, { recursive: true, encoding: 'utf8' }))
        assert.ok(existsSync(path.join(machine.tensorflow, file)), file);
      assert.deepEqual(
        readFileSync(path.join(machine.tensorflow, 'libtensorflow_cc.so.2')),
        readFileSync(path.join(whole, 'libtensorflow_cc.so.2')),
      );
    });
  }

  test('needs a writable folder: otherwise the message suggests another one', async () => {
    mkdirSync(path.dirname(machine.cache), { recursive: true });
    writeFileSync(machine.cache, 'a file is here');
    const { status, stderr } = await machine.setUp(machine.clone());
    assert.equal(status, 1);
    assert.match(stderr, /Setup failed: the cache folder \S+ can't be written \(EEXIST/);
    assert.match(stderr, /Fix: choose another folder: `XDG_CACHE_HOME=\/some\/folder npm run setup`\n$/);
  });
});
