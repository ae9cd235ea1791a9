import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Reads a test fixture. Fixtures stay in the source tree, while the compiled tests run from `dist/test`. */
export function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, '../../test/fixtures', name), 'utf8'));
}
