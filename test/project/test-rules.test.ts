import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const files = readdirSync(path.join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(path.join(ROOT, 'test', name), 'utf8') }));

/** Returns the names of the test files with the text, except for those that may have it. */
function filesWith(pattern: RegExp, ...exceptions: readonly string[]): string[] {
  assert.ok(files.length > 200, `found ${files.length} files`);
  return files
    .filter(({ name, text }) => pattern.test(text) && !exceptions.includes(name))
    .map(({ name }) => name);
}

test('every poll of a test has a time limit: only waitUntil polls', () => {
  assert.deepEqual(filesWith(/\bwhile \([^;{]*\)\s+await\b/, 'search/tpe.test.ts'), []);
  assert.deepEqual(filesWith(/\bfor \(;;\) \{[^}]*await delay/), []);
});

test('no test draws its seed from the clock', () => {
  assert.deepEqual(filesWith(/Date\.now\(\) %|Math\.random\(\)/, 'project/test-rules.test.ts'), []);
  assert.deepEqual(filesWith(/env\['VAE_SWEEP_SEED'\]/, 'seed.ts'), []);
  assert.deepEqual(filesWith(/from 'fast-check'/, 'fast-check.ts', 'project/test-rules.test.ts'), []);
});

test("only the benchmark's own test imports from the benchmark", () => {
  assert.deepEqual(filesWith(/from '[./]+\/bench\//, 'bench/benchmark.test.ts'), []);
});

test('a missing tool is an error where CI=true is set, except for R, which CI does not have', () => {
  const withSkips = filesWith(
    /is not installed'|is not set to/,
    'project/test-rules.test.ts',
    // Its reason is checked by no-redis.ts, because the benchmark starts the server too.
    'remote/redis-server.ts',
  );
  const checked = filesWith(/skipWithout\(/);
  assert.deepEqual(
    withSkips.filter((name) => !checked.includes(name)),
    ['examples/analysis.test.ts'],
  );
});

test('every test file has a time limit', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  assert.match(scripts['test:run'] ?? '', /--test-timeout=\d+ /);
});
