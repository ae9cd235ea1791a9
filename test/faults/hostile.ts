import { performance } from 'node:perf_hooks';
import assert from 'node:assert/strict';
import { fc } from '../fast-check.js';

/** No reader of a small file takes this long, in milliseconds. */
const MAX_MS = 2_000;

/** Mutates bytes: overwrites some, and possibly truncates or extends them. */
function mutated(valid: Uint8Array): fc.Arbitrary<Buffer> {
  const edit = fc.record({
    at: fc.nat(valid.length - 1),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 1 }),
      fc.constantFrom(
        Buffer.alloc(4, 0xff),
        Buffer.alloc(8, 0xff),
        Buffer.alloc(4),
        Buffer.from([0xff, 0xff, 0xff, 0x7f]),
      ),
    ),
  });
  return fc
    .record({
      edits: fc.array(edit, { minLength: 1, maxLength: 6 }),
      length: fc.option(fc.nat(valid.length + 16)),
    })
    .map(({ edits, length }) => {
      const bytes = Buffer.alloc(Math.max(valid.length, length ?? 0));
      bytes.set(valid);
      for (const { at, bytes: written } of edits) bytes.set(written.subarray(0, bytes.length - at), at);
      return bytes.subarray(0, length ?? bytes.length);
    });
}

/** Arbitrary bytes, and mutations of valid files. */
export function hostile(...valid: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  return fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    ...valid.map((bytes) => ({ weight: 4, arbitrary: mutated(bytes) })),
  );
}

/** Asserts that a function returns, or throws an error of the class, within the time limit. */
export function withstands(action: () => void, expected: new (...values: never[]) => Error): void {
  const start = performance.now();
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof expected, error instanceof Error ? error.stack : String(error));
  }
  const ms = performance.now() - start;
  assert.ok(ms < MAX_MS, `took ${ms} ms`);
}
