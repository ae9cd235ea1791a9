import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { FakeMachine, VERSION, WHEEL } from './fake-machine.js';
import { NO_WHEEL_HERE } from './platform.js';

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
      source: `${WHEEL.project} wheel ${VERSION}`,
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
    assert.match(stderr, /\nFix: glibc 2[.]27 or later is required and, on x64, a processor with AVX; /);
  });

  test('needs g++: without it, the message contains the command that installs it', async () => {
    machine.remove('g++');
    const root = machine.clone();
    for (const attempt of [1, 2]) {
      const { status, stderr } = await machine.setUp(root);
      assert.equal(status, 1);
      assert.ok(
        stderr.endsWith(
          'Setup failed: A C++ compiler (g++) was not found (tried `g++`)\n' +
            'Fix: `sudo apt-get install g++`, then `npm run setup`\n',
        ),
        `${attempt}: ${stderr}`,
      );
      assert.deepEqual(machine.calls('python3'), []);
      assert.ok(!existsSync(record(root)));
    }
  });
});
