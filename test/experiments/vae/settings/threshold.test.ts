import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../../fast-check.js';
import { formatThreshold, parseThreshold } from '../../../../src/experiments/vae/settings/threshold.js';

test('parses a power of e to its exact exponent, and its value to the same threshold', () => {
  for (const exponent of [-8, -6, -5, -4, -3, -2, -1, 0, 1, -2.5]) {
    assert.equal(parseThreshold(`e^${exponent}`), exponent);
    assert.equal(parseThreshold(Math.exp(exponent)), exponent);
  }
  assert.equal(parseThreshold(0.01831563888873418), -4);
  assert.ok(Object.is(parseThreshold('e^-0'), 0));
});

test('parses a number as a variance and stores its logarithm to 12 digits', () => {
  assert.equal(parseThreshold(0.01), -4.60517018599);
});

test('parses none as no threshold, and rejects everything else', () => {
  assert.equal(parseThreshold('none'), null);
  for (const value of [
    '',
    'e^',
    'e^x',
    'e^-4 ',
    'exp(-4)',
    '0.01',
    'None',
    0,
    -1,
    Infinity,
    NaN,
    'e^-81',
    'e^1e400',
  ])
    assert.equal(parseThreshold(value), undefined, String(value));
});

test('formats a threshold as people write it', () => {
  const shown = (
    [
      ['e^-4', 'e^-4'],
      [0.01, '0.01'],
      ['none', 'none'],
      ['e^-2.5', 'e^-2.5'],
      [1, 'e^0'],
    ] as const
  ).map(([value, text]) => [formatThreshold(parseThreshold(value) ?? null), text]);
  for (const [actual, expected] of shown) assert.equal(actual, expected);
});

test('parses a formatted threshold back to nearly the same value', () => {
  fc.assert(
    fc.property(fc.double({ min: -79, max: 79, noNaN: true }), (logVariance) => {
      const text = formatThreshold(logVariance);
      const read = parseThreshold(text.startsWith('e^') ? text : Number(text));
      // Six digits of the variance change its logarithm by less than 1e-5.
      assert.ok(Math.abs((read ?? NaN) - logVariance) < 1e-5, text);
    }),
  );
});
