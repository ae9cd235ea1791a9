import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { FakeMachine, VERSION, WHEEL_FILE } from './fake-machine.js';
import { NO_WHEEL_HERE } from './platform.js';

describe('TensorFlow in the cache', { skip: NO_WHEEL_HERE, timeout: 60_000 }, () => {
  let machine: FakeMachine;
  beforeEach(() => {
    machine = new FakeMachine();
  });
  afterEach(() => {
    machine.destroy();
  });

  test('is downloaded by one call of pip, and holds the kept files of the wheel only', async () => {
    const { status, stdout, stderr } = await machine.setUp(machine.clone());
    assert.equal(status, 0, stderr);
    assert.equal(stdout, '');
    const [download, ...more] = machine.calls('python3 -m pip download');
    assert.match(
      String(download),
      / --no-deps .*--platform manylinux_2_27_x86_64 tensorflow-cpu==\S+ --dest /,
    );
    assert.deepEqual(more, []);
    assert.deepEqual(readdirSync(machine.cache), [`tensorflow-${VERSION}`]);
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

  test('is not filled from a wheel with a wrong hash', async () => {
    const root = machine.clone();
    const expected = machine.wheelSha256();
    machine.spoilWheel();
    const { status, stdout, stderr } = await machine.setUp(root);
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.ok(
      stderr.endsWith(
        `Set-up failed: ${WHEEL_FILE} has SHA-256 ${machine.wheelSha256()}, expected ${expected}: ` +
          'it is cut short or not the released file\n' +
          'To mend it: run `npm run setup` again; if that repeats, see which index `pip config list` names\n',
      ),
      stderr,
    );
    assert.deepEqual(readdirSync(machine.cache), []);
    assert.deepEqual(machine.calls('g++ -O2'), []);
  });

  test('needs pip: without one, the message tells the command that installs it', async () => {
    machine.removePip();
    const { status, stderr } = await machine.setUp(machine.clone());
    assert.equal(status, 1);
    assert.ok(
      stderr.endsWith(
        'Set-up failed: pip, which downloads TensorFlow, was not found ' +
          '(tried `python3 -m pip`, `python -m pip`, `pip3`, `pip`)\n' +
          'To mend it: `sudo apt-get install python3-pip`, then `npm run setup`\n',
      ),
      stderr,
    );
    assert.deepEqual(readdirSync(machine.cache), []);
  });

  test('shows what pip said when pip fails, and leaves nothing', async () => {
    machine.fakePip(`echo half > "$last/half"; echo 'ERROR: No matching distribution' >&2; exit 1`);
    const { status, stderr } = await machine.setUp(machine.clone());
    assert.equal(status, 1);
    assert.ok(
      stderr.endsWith(
        'ERROR: No matching distribution\n' +
          `Set-up failed: pip could not download ${WHEEL_FILE} (its output is above)\n` +
          'To mend it: check the network and the index (`pip config list`), then run `npm run setup`\n',
      ),
      stderr,
    );
    assert.deepEqual(readdirSync(machine.cache), []);
  });

  test('is downloaded afresh after a set-up was killed in the middle, whose files go', async () => {
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
    assert.doesNotMatch(stderr, /Another set-up/);
    assert.deepEqual(readdirSync(machine.cache), [`tensorflow-${VERSION}`]);
  });

  test("does not touch what another machine's set-up is filling, in a shared home folder", async () => {
    const others = path.join(machine.cache, 'partial-another.machine-x1');
    mkdirSync(others, { recursive: true });
    const { status, stderr } = await machine.setUp(machine.clone());
    assert.equal(status, 0, stderr);
    assert.ok(existsSync(others));
  });

  for (const spoil of [
    {
      what: 'a library is cut short',
      how: () => {
        writeFileSync(path.join(machine.tensorflow, 'libtensorflow_cc.so.2'), 'short');
      },
    },
    {
      what: 'the headers are gone, and a clone has to be set up',
      how: () => {
        rmSync(path.join(machine.tensorflow, 'include'), { recursive: true });
        rmSync(path.join(machine.folder, 'clone/node_modules/@tensorflow/tfjs-node/deps'), {
          recursive: true,
        });
      },
    },
    {
      what: 'it was emptied',
      how: () => {
        rmSync(machine.cache, { recursive: true });
      },
    },
  ]) {
    test(`is filled anew where ${spoil.what}`, async () => {
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

  test('needs a folder that can be written; another one is to be named', async () => {
    mkdirSync(path.dirname(machine.cache), { recursive: true });
    writeFileSync(machine.cache, 'a file is here');
    const { status, stderr } = await machine.setUp(machine.clone());
    assert.equal(status, 1);
    assert.match(stderr, /Set-up failed: the cache folder \S+ can't be written \(EEXIST/);
    assert.match(stderr, /To mend it: name another one: `XDG_CACHE_HOME=\/some\/folder npm run setup`\n$/);
  });
});
