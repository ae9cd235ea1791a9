import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Test fixtures stay in the source tree; the compiled tests run from `dist/test`. */
export function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, '../../test/fixtures', name), 'utf8'));
}
