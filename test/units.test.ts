import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatCount, formatDuration } from '../src/units.js';

test('bytes are formatted in decimal units with three digits', () => {
  const shown = [0, 999, 1_000, 1_234_567, 360e9, 999_999, 2e18].map(formatBytes);
  assert.deepEqual(shown, ['0 B', '999 B', '1 kB', '1.23 MB', '360 GB', '1,000 kB', '2,000 PB']);
});

test('durations are formatted in their two largest units', () => {
  const shown = [0, 999, 1_000, 59_499, 59_500, 72_000, 3_600_000, 3_660_000, 90_000_000, 86_400_000].map(
    formatDuration,
  );
  assert.deepEqual(shown, [
    '0 ms',
    '999 ms',
    '1 s',
    '59 s',
    '1 min',
    '1 min 12 s',
    '1 h',
    '1 h 1 min',
    '1 d 1 h',
    '1 d',
  ]);
});

test('counts have thousands separators', () => {
  assert.equal(formatCount(1_800_000), '1,800,000');
});
