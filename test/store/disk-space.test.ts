import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { sampleTask } from './sample-task.js';
import { checkDiskSpace, freeBytes } from '../../src/store/disk-space.js';

test('a folder that is not there yet has the space of the disk that it will be on', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-disk-'));
  assert.ok(freeBytes(path.join(folder, 'not', 'yet')) > 0);
  checkDiskSpace(path.join(folder, 'not', 'yet'), 1, []);
});

test('what does not fit is refused, with the ways out', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-disk-'));
  assert.throws(
    () => {
      checkDiskSpace(folder, 1e18, [sampleTask(1), sampleTask(2)]);
    },
    (error: Error) => {
      assert.equal(error.name, 'InputError');
      assert.match(
        error.message,
        /^the logs need about 1,000 PB, and the disk of \S+ has [\d.]+ \wB free: log fewer steps \(logEverySteps in the sweep file or --set logEverySteps=10\), or use another disk with --out$/,
      );
      return true;
    },
  );
});
