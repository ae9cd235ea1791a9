import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { readPage, ROOT } from './pages.js';

const page = readPage('docs/reliability.md');

test('every guarantee names a test', () => {
  const [, guarantees = ''] = /^## The guarantees\n([^]*?)^## /m.exec(page) ?? [];
  const rows = guarantees.split('\n').filter((line) => /^\| (?!event |-)/.test(line));
  assert.ok(rows.length > 20, `${rows.length} rows`);
  const without = rows.filter((row) => !/`test\/[^`]+\.test\.ts`/.test(row.split(' | ').at(-1) ?? ''));
  assert.deepEqual(without, []);
});

test('every test that the page names exists and has tests', () => {
  const names = [...page.matchAll(/`(test\/[^`]+\.test\.ts)`/g)].map(([, name = '']) => name);
  assert.ok(names.length > 30, `${names.length} names`);
  for (const name of new Set(names))
    assert.match(readFileSync(path.join(ROOT, name), 'utf8'), /\b(?:test|it)\(/, name);
});
