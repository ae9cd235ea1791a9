import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.join(import.meta.dirname, '../../test/golden');

/**
 * Asserts that a text equals `test/golden/<name>`. If not, writes it to `<name>-changed` in the same folder.
 * `UPDATE_GOLDEN=1 npm run test:run` updates the golden files instead.
 */
export function assertGolden(name: string, text: string): void {
  const file = path.join(FOLDER, name);
  const changed = `${file}-changed`;
  rmSync(changed, { force: true });
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  const golden = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (golden === text) return;
  writeFileSync(changed, text);
  assert.fail(
    `${name} differs from test/golden/${name}: compare with ${changed}, or run with UPDATE_GOLDEN=1`,
  );
}
