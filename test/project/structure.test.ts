import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';

const ROOT = path.join(import.meta.dirname, '../../..');
const MAX_LINES = 300;

test(`no source file has more than ${MAX_LINES} lines`, () => {
  const files = ['src', 'workers', 'bench', 'test', 'scripts'].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /[.](tsx?|mjs|py)$/.test(file))
      .map((file) => path.join(folder, file)),
  );
  assert.ok(files.length > 100, `found ${files.length} files`);
  const long = files.filter((file) => lines(path.join(ROOT, file)) > MAX_LINES);
  assert.deepEqual(long, []);
});

describe('the dependency rules', () => {
  test('cover all modules: with an unsupported TypeScript version they would find none and succeed', () => {
    const { totalCruised, error } = cruise(ROOT, ['src', 'workers', 'bench']);
    assert.ok(totalCruised > 100, `saw ${totalCruised} modules`);
    assert.equal(error, 0);
  });

  test('detect imports of the wrong direction, of internals, of matrices in planning, and cycles', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-rules-'));
    const plant = (file: string, text: string) => {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    };
    for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
      cpSync(path.join(ROOT, file), path.join(folder, file));
    plant('src/sweep/a.ts', "import { b } from '../store/b.js';\nexport const a = b;\n");
    plant('src/store/b.ts', "import { a } from '../sweep/a.js';\nexport const b: number = a;\n");
    plant(
      'src/experiments/vae/model/c.ts',
      "import tf from '@tensorflow/tfjs-node';\nexport const c = tf;\nexport { c as d };\n",
    );
    plant('src/experiments/theory/m.ts', "import m from 'ml-matrix';\nexport const m2 = m;\n");
    plant('src/experiments/theory/computations/a-settings.ts', "export { m2 } from '../m.js';\n");
    plant('src/sweep/f.ts', "export { m2 as f } from '../experiments/theory/computations/a-settings.js';\n");
    plant('node_modules/ml-matrix/package.json', '{ "name": "ml-matrix", "main": "i.js" }');
    plant('node_modules/ml-matrix/i.js', 'module.exports = {};\n');
    plant('src/experiments/vae/model/e.ts', "import { c } from './c.js';\nexport const e = c;\n");
    plant(
      'node_modules/@tensorflow/tfjs-node/package.json',
      '{ "name": "@tensorflow/tfjs-node", "main": "i.js" }',
    );
    plant('node_modules/@tensorflow/tfjs-node/i.js', 'module.exports = {};\n');
    const { rules } = cruise(folder, ['src']);
    assert.deepEqual([...new Set(rules)].sort(), [
      'layer-of-store',
      'layer-of-sweep',
      'no-cycles',
      'no-dev-dependencies',
      'one-door-to-tensorflow',
      'planning-loads-no-matrices',
    ]);
  });
});

function lines(file: string): number {
  return readFileSync(file, 'utf8').trimEnd().split('\n').length;
}

interface CruiseSummary {
  readonly totalCruised: number;
  readonly error: number;
  readonly violations: readonly { readonly rule: { readonly name: string } }[];
}

function cruise(cwd: string, folders: readonly string[]): CruiseSummary & { rules: string[] } {
  const program = path.join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { stdout } = spawnSync(process.execPath, [program, '--output-type', 'json', ...folders], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const { summary } = JSON.parse(stdout) as { summary: CruiseSummary };
  return { ...summary, rules: summary.violations.map(({ rule }) => rule.name) };
}
