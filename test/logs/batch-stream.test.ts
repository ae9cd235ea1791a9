import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Field, Float64, Schema, tableFromIPC } from 'apache-arrow';
import { BatchStream, EMPTY_STREAM, UNWRITTEN_BYTES } from '../../src/logs/batch-stream.js';

const SCHEMA = new Schema([new Field('a', new Float64(), false)]);
const newFile = () => path.join(mkdtempSync(path.join(tmpdir(), 'vae-sweep-stream-')), 'log.arrows');

describe('a stream with unwritten bytes', () => {
  test('has no file before it is synced, and then the file has all batches and continues', () => {
    const file = newFile();
    const stream = new BatchStream(file, SCHEMA, EMPTY_STREAM, UNWRITTEN_BYTES);
    stream.append([[1, 2]]);
    stream.append([[3]]);
    assert.equal(existsSync(file), false);
    assert.equal(tableFromIPC(stream.toFile()).numRows, 3);
    assert.equal(stream.sync().bytes, readFileSync(file).length);
    stream.append([[4]]);
    assert.equal(tableFromIPC(stream.toFile()).numRows, 4);
    stream.close();
  });

  test('leaves no file if it is closed before', () => {
    const file = newFile();
    const stream = new BatchStream(file, SCHEMA, EMPTY_STREAM, UNWRITTEN_BYTES);
    stream.append([[1]]);
    stream.close();
    assert.equal(existsSync(file), false);
  });

  test('gets its file once it is longer', () => {
    const file = newFile();
    const stream = new BatchStream(file, SCHEMA, EMPTY_STREAM, UNWRITTEN_BYTES);
    stream.append([new Float64Array(UNWRITTEN_BYTES / 8)]);
    assert.ok(readFileSync(file).length > UNWRITTEN_BYTES);
    stream.close();
  });
});

test('a stream without unwritten bytes has its file from the start', () => {
  const file = newFile();
  new BatchStream(file, SCHEMA, EMPTY_STREAM).close();
  assert.ok(existsSync(file));
});
