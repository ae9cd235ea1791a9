import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Field, Float64, Schema, tableFromIPC } from 'apache-arrow';
import { RowLog } from '../../src/logs/row-log.js';

const SCHEMA = new Schema([new Field('a', new Float64(), false), new Field('b', new Float64(), false)]);

function newLog(): RowLog {
  return new RowLog(path.join(mkdtempSync(path.join(tmpdir(), 'vae-sweep-rows-')), 'rows.arrows'), SCHEMA);
}

for (const rows of [0, 1, 999, 1000, 1001, 2000])
  test(`${rows} rows are read back in batches of 1,000`, () => {
    const log = newLog();
    for (let row = 0; row < rows; row++) log.append({ b: row + 0.5, a: row / 3 });
    const table = tableFromIPC(log.finish());
    log.close();
    assert.deepEqual(
      Array.from(table.getChild('a')?.toArray() as Float64Array),
      Array.from({ length: rows }, (_, row) => row / 3),
    );
    assert.equal(table.getChild('b')?.get(rows - 1) ?? null, rows === 0 ? null : rows - 0.5);
    assert.deepEqual(
      table.batches.map(({ numRows }) => numRows).filter((count) => count > 0),
      [...Array<number>(Math.floor(rows / 1000)).fill(1000), ...(rows % 1000 === 0 ? [] : [rows % 1000])],
    );
  });

test('more than a million rows are an error', () => {
  const log = newLog();
  for (let row = 0; row < 1_000_000; row++) log.append({ a: row, b: row });
  assert.throws(
    () => {
      log.append({ a: 0, b: 0 });
    },
    { message: 'a task has at most 1,000,000 rows: yield fewer rows' },
  );
  log.close();
});

test('rows that a stopped run wrote after its checkpoint are dropped', () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'vae-sweep-rows-')), 'rows.arrows');
  writeFileSync(file, 'x'.repeat(10_000));
  const log = new RowLog(file, SCHEMA);
  log.append({ a: 1, b: 2 });
  assert.equal(tableFromIPC(log.finish()).numRows, 1);
  log.close();
});
