import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration } from '../../src/cli/duration.js';
import { InputError } from '../../src/errors.js';

test('a duration has hours, minutes and seconds, each of which is optional', () => {
  const seconds = { '90s': 90, '55m': 3300, '2h': 7200, '1h30m': 5400, '1h0m5s': 3605, '500h': 1_800_000 };
  for (const [text, value] of Object.entries(seconds))
    assert.deepEqual(parseDuration('--max-time', text), { text, ms: value * 1000 });
});

test('anything else is rejected, and so is a duration that is too long for a timer', () => {
  for (const text of ['', '55', '1.5h', '30m1h', '0s', '-1s', '1d', '501h', '500h1s', ' 1s', '9999999999s'])
    assert.throws(
      () => parseDuration('--max-time', text),
      new InputError(
        `--max-time: expected a time from 1s to 500h, for example 90s, 55m or 1h30m, got ${text}`,
      ),
    );
});
