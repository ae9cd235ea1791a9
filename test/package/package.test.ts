import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { satisfies } from 'semver';
import { skipWithout } from '../required-tool.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const TARBALL = 'vae-sweep-0.1.0.tgz';
const BILL = 'vae-sweep-0.1.0.cdx.json';
/** Half of the packages that were installed before the packages of S3, the queue and figures were optional. */
const MAX_PACKAGES = 197;
const SUPPORTED_NODES = ['20.19.0', '22.12.0', '24.0.0', '26.0.0'];

interface InstalledPackage {
  readonly version: string;
  readonly engines?: { readonly node?: string };
  readonly hasInstallScript?: boolean;
}

const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-package-'));
// The environment of a user's shell, without the variables that npm set for this test run.
const env = {
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'],
};

function call(command: string, ...args: readonly string[]) {
  return spawnSync(command, args, { cwd: folder, encoding: 'utf8', env });
}

function pack(target: string, umask: string): Buffer {
  const command = `umask ${umask} && exec "$0" scripts/pack.mjs "$1"`;
  const { status, stderr } = spawnSync('sh', ['-c', command, process.execPath, target], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return readFileSync(path.join(target, TARBALL));
}

let bytes: Buffer;
before(() => {
  bytes = pack(folder, '0022');
});

describe('the package', () => {
  test('has the same bytes if it is made again by another user', () => {
    const again = mkdtempSync(path.join(tmpdir(), 'vae-sweep-package-'));
    assert.ok(pack(again, '0077').equals(bytes));
    assert.equal(readFileSync(path.join(again, BILL), 'utf8'), readFileSync(path.join(folder, BILL), 'utf8'));
  });

  test('has a bill of materials with a hash for each package that is installed, and for TensorFlow', () => {
    const { components } = JSON.parse(readFileSync(path.join(folder, BILL), 'utf8')) as {
      readonly components: readonly { readonly name: string; readonly hashes?: readonly object[] }[];
    };
    const names = components.map(({ name }) => name);
    for (const name of ['fastify', '@tensorflow/tfjs-node', 'tensorflow-cpu', 'tensorflow'])
      assert.ok(names.includes(name), name);
    for (const name of ['typescript', 'vega', 'bullmq']) assert.ok(!names.includes(name), name);
    assert.deepEqual(
      components.filter(({ hashes = [] }) => hashes.length === 0),
      [],
    );
  });

  test('is not made by a plain `npm pack`, which would pack an old build or none', () => {
    const { status, stderr } = spawnSync('npm', ['pack'], { cwd: ROOT, encoding: 'utf8' });
    assert.notEqual(status, 0);
    assert.match(stderr, /no such file or directory, open '.*use `npm run pack`/);
  });

  test('has no problem that publint finds', async () => {
    const tarball = new Uint8Array(bytes).buffer;
    const { messages } = await publint({ pack: { tarball }, level: 'suggestion' });
    assert.deepEqual(messages, []);
  });

  test('has declarations that every resolver of ES modules finds, as arethetypeswrong checks', async () => {
    const { types, ...analysis } = await checkPackage(createPackageFromTarballData(new Uint8Array(bytes)));
    assert.deepEqual(types, { kind: 'included' });
    const problems = 'problems' in analysis ? analysis.problems : [];
    // A package of ES modules has nothing for resolvers that know no exports, and is imported by `import` only.
    const ofModules = problems.filter(
      (problem) => !('resolutionKind' in problem) || !/node10|node16-cjs/.test(problem.resolutionKind),
    );
    assert.deepEqual(ofModules, []);
  });
});

describe('in an empty folder, after a plain `npm install` of the package', () => {
  let missing: string | false = false;
  before(() => {
    writeFileSync(
      path.join(folder, 'package.json'),
      '{ "name": "empty", "version": "1.0.0", "type": "module" }',
    );
    writeFileSync(
      path.join(folder, 'mine.yaml'),
      'experiment: linear\ngrid: { dimensions: [[1, 3, 2]], seed: [1] }\nsettings: { steps: 200 }\n',
    );
    const { status, stderr } = call(
      'npm',
      'install',
      '--prefer-offline',
      '--no-audit',
      '--engine-strict',
      `./${TARBALL}`,
    );
    if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|E40\d/.test(stderr))
      missing = skipWithout('npm can not install packages on this machine');
    else assert.equal(status, 0, stderr);
  });
  const installedTest = (title: string, fn: (t: TestContext) => void | Promise<void>) => {
    test(title, async (t) => {
      if (missing === false) await fn(t);
      else t.skip(missing);
    });
  };

  installedTest(
    `there are at most ${MAX_PACKAGES} packages, all for Node ${SUPPORTED_NODES.join(', ')}, and none has an install script`,
    () => {
      const { packages } = JSON.parse(
        readFileSync(path.join(folder, 'node_modules/.package-lock.json'), 'utf8'),
      ) as { readonly packages: Readonly<Record<string, InstalledPackage>> };
      const installed = Object.entries(packages);
      assert.ok(installed.length > 50 && installed.length <= MAX_PACKAGES, `${installed.length} packages`);
      const named = (unsuitable: (found: InstalledPackage) => boolean) =>
        installed.filter(([, found]) => unsuitable(found)).map(([name, { version }]) => `${name} ${version}`);
      assert.deepEqual(
        named(({ hasInstallScript }) => hasInstallScript === true),
        [],
      );
      for (const node of SUPPORTED_NODES)
        assert.deepEqual(
          named(({ engines }) => !satisfies(node, engines?.node ?? '*')),
          [],
          `not for Node ${node}`,
        );
    },
  );

  installedTest('the set-up installs TensorFlow, and a sweep runs', () => {
    const setup = call('npx', 'vae-sweep', 'setup');
    assert.equal(setup.status, 0, setup.stderr);
    assert.match(setup.stdout, /^Ready: TensorFlow \d/);
    const run = call('npx', 'vae-sweep', 'run', 'mine.yaml', '--workers', '1');
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stderr, /done: linear-1-3-2-seed1-/);
  });

  installedTest('report has tables, and says what to install for figures', () => {
    const { status, stderr } = call('npx', 'vae-sweep', 'report', 'mine.yaml');
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^The report has no figures: figures need vega, .*: npm install vega@/);
    assert.ok(existsSync(path.join(folder, 'out/sweeps/mine/report.html')));
  });

  installedTest('the dashboard answers', async () => {
    const program = path.join(folder, 'node_modules/vae-sweep/bin/vae-sweep.mjs');
    const server = spawn(process.execPath, [program, 'serve', 'mine.yaml', '--port', '0'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [url] = (await once(server.stdout, 'data')) as [Buffer];
      const page = await fetch(url.toString().trim());
      assert.equal(page.status, 200);
      assert.match(await page.text(), /<script type="module"/);
    } finally {
      server.kill('SIGINT');
    }
  });

  installedTest('a strict TypeScript program compiles with all declarations checked, and runs', () => {
    const program = readFileSync(path.join(ROOT, 'test/package/consumer.ts.txt'), 'utf8');
    writeFileSync(path.join(folder, 'consumer.ts'), program);
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    const options = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
    // Without the types of browsers, which a program for Node need not have, and with them.
    for (const more of [['--lib', 'es2023'], []]) {
      const check = [tsc, ...options, ...more, '--skipLibCheck', 'false', 'consumer.ts'];
      const compiled = call(process.execPath, ...check);
      assert.equal(compiled.status, 0, compiled.stdout);
    }
    const { stdout, stderr } = call(process.execPath, 'consumer.js');
    assert.equal(stdout, '1 done, 200 rows, 5 steps of a walk\n', stderr);
  });
});
