import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadSweep } from '../../src/sweep/load.js';
import { assertGolden } from '../golden.js';
import { VERSIONS } from '../sweep/sweep-folder.js';

const SWEEPS = fileURLToPath(new URL('../../../sweeps/', import.meta.url));

test('all tasks of all shipped sweeps keep the names, ids and order that stores and shards depend on', () => {
  const sweeps = readdirSync(SWEEPS).map((file) => {
    const { tasks } = loadSweep(path.join(SWEEPS, file), { versions: VERSIONS });
    return { file, names: tasks.map(({ name }) => name) };
  });
  // Lists of sweeps repeat the tasks of their parts. The hash covers the order, so each name needs to be listed only once.
  const files = sweeps.map(({ file, names }) => [file, `${names.length} tasks, order ${hashOf(names)}`]);
  const tasks = [...new Set(sweeps.flatMap(({ names }) => names))].sort();
  assertGolden(
    'task-names.json',
    `${JSON.stringify({ files: Object.fromEntries(files) as unknown, tasks }, null, 2)}\n`,
  );
});

function hashOf(names: readonly string[]): string {
  return createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 16);
}
