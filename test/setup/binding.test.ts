import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { FakeMachine, VERSION } from './fake-machine.js';
import { NO_WHEEL_HERE } from './platform.js';

const OWN_STEP = 'npm rebuild @tensorflow/tfjs-node --ignore-scripts=false';

describe("tfjs-node's binding", { skip: NO_WHEEL_HERE, timeout: 60_000 }, () => {
  let machine: FakeMachine;
  beforeEach(() => {
    machine = new FakeMachine();
  });
  afterEach(() => {
    machine.destroy();
  });
  const record = (root: string) => path.join(root, 'node_modules/@tensorflow/tfjs-node/deps/vae-sweep.json');

  test('is compiled against the cached headers and linked to the cached libraries', async () => {
    const root = await machine.readyClone();
    rmSync(record(root));
    assert.equal((await machine.setUp(root)).status, 0);
    const [compile = ''] = machine.calls('g++ -O2');
    const folder = path.join(root, 'node_modules/@tensorflow/tfjs-node');
    for (const part of [
      `-I${machine.tensorflow}/include `,
      `-I${root}/node_modules/node-api-headers/include `,
      ` ${folder}/binding/tfjs_binding.cc `,
      ` -L${folder}/deps/lib -ltensorflow -ltensorflow_framework `,
      ' -Wl,-rpath,$ORIGIN/../../deps/lib ',
    ])
      assert.ok(compile.includes(part), `${part} is not in ${compile}`);
    assert.deepEqual(readdirSync(path.join(folder, 'deps/lib')).sort(), [
      'libtensorflow.so',
      'libtensorflow.so.2',
      'libtensorflow_cc.so.2',
      'libtensorflow_framework.so',
      'libtensorflow_framework.so.2',
    ]);
    assert.deepEqual(JSON.parse(readFileSync(record(root), 'utf8')), {
      version: VERSION,
      source: `tensorflow-cpu wheel ${VERSION}`,
    });
  });

  test('is compiled again, without a download, after a setup was killed before its last step', async () => {
    const root = await machine.readyClone();
    rmSync(record(root));
    machine.fakePip('exit 1');
    const { status, stderr } = await machine.setUp(root);
    assert.equal(status, 0, stderr);
    assert.equal(machine.calls('g++ -O2').length, 1);
    assert.deepEqual(machine.calls('python3'), []);
  });

  test('is compiled the next time if g++ fails, whose output is shown', async () => {
    machine.fake('g++', { '--version': '', '*': "echo 'fatal error: string: No such file' >&2; exit 1" });
    const root = machine.clone();
    for (const attempt of [1, 2]) {
      const { status, stderr } = await machine.setUp(root);
      assert.equal(status, 1);
      assert.ok(
        stderr.endsWith(
          `TensorFlow ${VERSION}: compiling the binding ... failed\n` +
            'fatal error: string: No such file\n' +
            "Setup failed: g++ could not compile tfjs-node's binding (see its output above)\n" +
            'Fix: install a g++ that supports C++17, with its C++ library: ' +
            '`sudo apt-get install g++`, then `npm run setup`\n',
        ),
        stderr,
      );
      assert.equal(machine.calls('g++ -O2').length, attempt);
    }
    assert.ok(!existsSync(record(root)));
  });

  test('is rejected if it loads another version of TensorFlow', async () => {
    machine.fake('g++', {
      '--version': '',
      '*': `for last; do :; done; echo "exports.TF_Version = '2.9.1'" > "$last"`,
    });
    const root = machine.clone();
    const { status, stderr } = await machine.setUp(root);
    assert.equal(status, 1);
    assert.ok(
      stderr.endsWith(
        `Setup failed: the binding loaded TensorFlow 2.9.1 instead of ${VERSION}\n` +
          'Fix: unset LD_LIBRARY_PATH and LD_PRELOAD, then run `npm run setup`\n',
      ),
      stderr,
    );
    assert.ok(!existsSync(record(root)));
  });

  test('may crash, for example without AVX, without crashing the setup', async () => {
    machine.fake('g++', {
      '--version': '',
      '*': `for last; do :; done; echo "process.kill(process.pid, 'SIGILL')" > "$last"`,
    });
    const { status, stderr } = await machine.setUp(machine.clone());
    assert.equal(status, 1);
    assert.match(stderr, /\nSetup failed: TensorFlow can't be loaded: it crashed with SIGILL\n/);
    assert.match(stderr, /\nFix: glibc 2[.]27 or later and a processor with AVX are required; /);
  });

  test("comes from tfjs-node's own install step if there is no g++, with a warning", async () => {
    machine.remove('g++');
    const root = machine.clone();
    const { status, stderr } = await machine.setUp(root);
    assert.equal(status, 0, stderr);
    assert.ok(
      stderr.includes(
        "\nTensorFlow: no C++ compiler (g++) was found. Falling back to tfjs-node's own install step, " +
          'which downloads another version.\n' +
          `  This configuration is not tested, and its results differ from those of TensorFlow ${VERSION}. ` +
          'Recommended: `sudo apt-get install g++`, then `npm run setup`\n',
      ),
      stderr,
    );
    assert.deepEqual(machine.calls('npm'), ['npm ci --include=dev', OWN_STEP]);
    assert.deepEqual(machine.calls('python3'), []);
    assert.deepEqual(await machine.setUp(root), { status: 0, stdout: '', stderr: '' });
  });

  test('is compiled after g++ is installed', async () => {
    machine.remove('g++');
    const root = await machine.readyClone();
    machine.fake('g++', {
      '--version': '',
      '*': `for last; do :; done; echo "exports.TF_Version = '${VERSION}'" > "$last"`,
    });
    const { status, stderr } = await machine.setUp(root);
    assert.equal(status, 0, stderr);
    assert.deepEqual(machine.calls('npm'), []);
    assert.equal(machine.calls('g++ -O2').length, 1);
    assert.match(readFileSync(record(root), 'utf8'), /tensorflow-cpu wheel/);
  });

  test("is an error with npm's output and a remedy if the own install step fails too", async () => {
    machine.remove('g++');
    const root = await machine.readyClone();
    rmSync(record(root));
    machine.fake('npm', { 'rebuild *': "echo 'npm error code 1' >&2; exit 1" });
    const { status, stderr } = await machine.setUp(root);
    assert.equal(status, 1);
    assert.ok(
      stderr.endsWith(
        'npm error code 1\n' +
          "Setup failed: no C++ compiler (g++) was found, and tfjs-node's own install step failed too " +
          '(see its output above)\n' +
          'Fix: `sudo apt-get install g++`, then `npm run setup`\n',
      ),
      stderr,
    );
    assert.ok(!existsSync(record(root)));
  });
});
