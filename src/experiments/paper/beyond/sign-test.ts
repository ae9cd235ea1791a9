import { NOTHING_TO_COMPARE, type Verdict } from './hypothesis.js';

/** Each test rejects equal odds at this level. */
const LEVEL = 0.05;

/** How the tests of a hypothesis decide it, as sentences that follow its condition. */
export const DECISION =
  `Each test is an exact two-sided sign test at ${100 * LEVEL}%, without ties. The hypothesis does not hold if a test points the other ` +
  `way, at ${100 * LEVEL}% over the number of tests (Bonferroni). Otherwise it is undecided`;

/** An exact two-sided sign test. With differences of two yes-or-no outcomes it is McNemar's exact test. */
export interface SignTest {
  /** The numbers of all differences, and of those below and above zero. */
  readonly count: number;
  readonly negative: number;
  readonly positive: number;
  /** How probable a split at least as uneven is if both signs are equally probable. 1 without a difference other than zero. */
  readonly pValue: number;
}

/**
 * Tests whether differences are as often positive as negative:
 *
 *   p = min(1, 2 P(X <= min(negative, positive))), X binomial with n = negative + positive and 1/2
 *
 * Differences of zero decide nothing and are left out of n.
 */
export function signTest(differences: readonly number[]): SignTest {
  const negative = differences.filter((difference) => difference < 0).length;
  const positive = differences.filter((difference) => difference > 0).length;
  const n = negative + positive;
  // Logarithms, since 2^-n underflows for large n.
  let logTerm = -n * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= Math.min(negative, positive); k++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((n - k) / (k + 1));
  }
  return { count: differences.length, negative, positive, pValue: Math.min(1, 2 * tail) };
}

/**
 * Decides a hypothesis that says that all differences tend to be negative. It holds if each test shows that, which needs no correction
 * for their number. One test that shows the opposite refutes it, so the level of these is divided by their number.
 */
export function decide(tests: readonly SignTest[]): Verdict {
  if (tests.length === 0 || tests.some(({ count }) => count === 0)) return NOTHING_TO_COMPARE;
  if (tests.every(({ negative, positive, pValue }) => negative > positive && pValue < LEVEL)) return 'holds';
  const refutes = ({ negative, positive, pValue }: SignTest) =>
    positive > negative && pValue < LEVEL / tests.length;
  return tests.some(refutes) ? 'does not hold' : 'undecided';
}
