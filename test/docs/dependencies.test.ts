import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const ROOT = path.join(import.meta.dirname, '../../..');
const PAGE = readFileSync(path.join(ROOT, 'docs/dependencies.md'), 'utf8');

type Versions = Readonly<Record<string, string>>;
const { dependencies, peerDependencies, devDependencies } = readJson('package.json') as Readonly<
  Record<'dependencies' | 'peerDependencies' | 'devDependencies', Versions>
>;

test('the page of dependencies lists those of package.json with their versions, no more and no less', () => {
  assert.deepEqual(listed('Installed by npm'), { ...dependencies });
  const tested = Object.keys(peerDependencies).map((name) => [name, devDependencies[name]]);
  assert.deepEqual(listed('Optional'), Object.fromEntries(tested));
  const tfjs = readJson('tfjs/package.json') as { readonly dependencies: Versions };
  for (const [name, version] of Object.entries(tfjs.dependencies))
    assert.ok(PAGE.includes(`\`${name}\` ${version} `), name);
});

/** Returns the packages and versions in the first column of a section's table. */
function listed(section: string): Record<string, string> {
  const [, text = ''] = PAGE.split(`\n## ${section}\n`);
  const [own = ''] = text.split('\n## ');
  const cells = [...own.matchAll(/^\| ([^|]+)\|/gm)].map(([, cell = '']) => cell);
  const found = cells.flatMap((cell) => [...cell.matchAll(/(@?[a-z][\w./-]*) (\d[\w.-]*)/g)]);
  return Object.fromEntries(found.map(([, name = '', version = '']) => [name, version]));
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));
}
