import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { threadId } from 'node:worker_threads';
import { StoreError } from '../../src/errors.js';
import { hashFile, replaceFile } from '../../src/store/files.js';

describe('replacing a file', () => {
  let folder: string;
  let file: string;
  /** The temporary name that this process uses, which an earlier process with the same id may have left behind. */
  let leftover: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-files-'));
    file = path.join(folder, 'file');
    leftover = `${file}.${process.pid}-${threadId}.tmp`;
  });

  test('replaces a leftover of its own temporary name', () => {
    writeFileSync(leftover, 'longer than the new content');
    replaceFile(file, 'new');
    assert.equal(readFileSync(file, 'utf8'), 'new');
    assert.deepEqual(readdirSync(folder), ['file']);
  });

  test('does not write through a symbolic link with that name', () => {
    const other = path.join(folder, 'other');
    writeFileSync(other, 'untouched');
    symlinkSync(other, leftover);
    replaceFile(file, 'new');
    assert.equal(readFileSync(file, 'utf8'), 'new');
    assert.equal(readFileSync(other, 'utf8'), 'untouched');
  });

  test('reports any other problem, for example a missing folder', () => {
    assert.throws(
      () => {
        replaceFile(path.join(folder, 'missing', 'file'), 'new');
      },
      (error: unknown) => error instanceof StoreError && error.message.includes('(ENOENT)'),
    );
  });
});

test('the hash of a file is that of all its bytes, whatever its size', () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'vae-sweep-hash-')), 'bytes');
  for (const size of [0, 1, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 700_000]) {
    const bytes = Buffer.from(Array.from({ length: size }, (_, index) => index % 251));
    writeFileSync(file, bytes);
    assert.equal(hashFile(file), createHash('sha256').update(bytes).digest('hex'), `${size} bytes`);
  }
});
