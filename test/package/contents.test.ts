import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';

interface PackedFile {
  readonly path: string;
  readonly size: number;
}
interface Contents {
  readonly checkContents: (folder: string, files: readonly PackedFile[]) => readonly string[];
}

const { checkContents } = (await import(
  pathToFileURL(path.join(import.meta.dirname, '../../../scripts/pack/contents.mjs')).href
)) as Contents;

/** The files without which a package is never complete. */
const FILES = {
  'package.json': JSON.stringify({
    bin: { 'vae-sweep': 'bin/vae-sweep.mjs' },
    exports: { '.': { types: './dist/src/api/index.d.ts', default: './dist/src/api/index.js' } },
  }),
  'bin/vae-sweep.mjs': 'main();',
  'dist/src/api/index.d.ts': 'export {};',
  'dist/src/api/index.js': "export { units } from '../units.js';",
  'dist/src/units.js': 'export const units = 1;',
  'dist/src/cli/main.js': "await import('./run.js');",
  'dist/src/cli/run.js': "import { units } from '../units.js';",
  'dist/src/dashboard/page/main.js': 'page();',
  'dist/workers/train.js': 'train();',
  'scripts/setup.mjs': 'setUp();',
  'scripts/setup/unpack.py': 'unpack()',
  'assets/dashboard.css': 'body {}',
  'assets/fonts/Inter-Regular.ttf': 'font',
  'tfjs/package-lock.json': '{}',
  'sweeps/quickstart.yaml': 'experiment: linear',
  'README.md': 'read me',
  LICENSE: 'MIT',
};
const MODULES = 400;

describe('the check of a tarball', () => {
  let folder: string;
  const put = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  const check = () =>
    checkContents(
      folder,
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((file) => ({ path: file, stats: statSync(path.join(folder, file)) }))
        .filter(({ stats }) => stats.isFile())
        .map(({ path, stats }) => ({ path, size: stats.size })),
    );
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-contents-'));
    for (const [file, text] of Object.entries(FILES)) put(file, text);
    for (let index = 0; index < MODULES; index += 1) put(`dist/src/more/${index}.js`, 'more();');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test('accepts a complete package', () => {
    assert.deepEqual(check(), []);
  });

  test('names each required file, command and export that is missing', () => {
    const missing = ['dist/workers/train.js', 'bin/vae-sweep.mjs', 'dist/src/api/index.d.ts'];
    for (const file of missing) rmSync(path.join(folder, file));
    assert.deepEqual(
      check(),
      missing.map((file) => `${file} is missing`),
    );
  });

  test('rejects maps, tests and whatever else is not expected', () => {
    const others = ['dist/src/units.js.map', 'dist/test/units.test.js', 'docs/api/index.html', 'out.arrow'];
    for (const file of others) put(file, 'text');
    assert.deepEqual(
      [...check()].sort(),
      others.map((file) => `${file} does not belong in the package`),
    );
  });

  test('rejects empty files, and modules that import what is missing', () => {
    put('dist/src/units.js', '');
    rmSync(path.join(folder, 'dist/src/cli/run.js'));
    assert.deepEqual(check(), [
      'dist/src/units.js is empty',
      'dist/src/cli/main.js imports ./run.js, which is missing',
    ]);
  });

  test('rejects a package with too few modules or too many bytes', () => {
    rmSync(path.join(folder, 'dist/src/more'), { recursive: true });
    put('assets/large.png', 'x'.repeat(7_000_000));
    const [few, large, ...others] = check();
    assert.match(few ?? '', /^it has \d modules, expected at least 400$/);
    assert.match(large ?? '', /^it has 7\d{6} bytes, expected at most 6000000$/);
    assert.deepEqual(others, []);
  });
});
