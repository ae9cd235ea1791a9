import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatThreshold, parseThreshold } from '../../../../src/experiments/vae/settings/threshold.js';

fc.configureGlobal({ seed: 2105 });

test('a power of e is its exponent exactly, and the variance it stands for is the same threshold', () => {
  for (const exponent of [-8, -6, -5, -4, -3, -2, -1, 0, 1, -2.5]) {
    assert.equal(parseThreshold(`e^${exponent}`), exponent);
    assert.equal(parseThreshold(Math.exp(exponent)), exponent);
  }
  assert.equal(parseThreshold(0.01831563888873418), -4);
  assert.ok(Object.is(parseThreshold('e^-0'), 0));
});

test('a number is a variance: its logarithm to 12 digits', () => {
  assert.equal(parseThreshold(0.01), -4.60517018599);
});

test('none is no threshold, and anything else is refused', () => {
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

test('a threshold is shown as a person would write it', () => {
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

test('what is shown reads as nearly the same threshold', () => {
  fc.assert(
    fc.property(fc.double({ min: -79, max: 79, noNaN: true }), (logVariance) => {
      const text = formatThreshold(logVariance);
      const read = parseThreshold(text.startsWith('e^') ? text : Number(text));
      // Six digits of the variance are within 1e-5 of its logarithm.
      assert.ok(Math.abs((read ?? NaN) - logVariance) < 1e-5, text);
    }),
  );
});
