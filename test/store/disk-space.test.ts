import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { sampleTask } from './sample-task.js';
import { checkDiskSpace, freeBytes } from '../../src/store/disk-space.js';

test('free space is known for a folder that does not exist yet', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-disk-'));
  assert.ok(freeBytes(path.join(folder, 'not', 'yet')) > 0);
  checkDiskSpace(path.join(folder, 'not', 'yet'), 1, []);
});

test('a sweep that does not fit on the disk is rejected with advice', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-disk-'));
  assert.throws(
    () => {
      checkDiskSpace(folder, 1e18, [sampleTask(1), sampleTask(2)]);
    },
    (error: Error) => {
      assert.equal(error.name, 'InputError');
      assert.match(
        error.message,
        /^the logs need about 1,000 PB, but the disk of \S+ has only [\d.]+ \wB free: log fewer steps \(logEverySteps in the sweep file or --set logEverySteps=10\), or use another disk with --out$/,
      );
      return true;
    },
  );
});
