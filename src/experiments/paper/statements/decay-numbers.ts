import type { Measured } from './measured.js';

const marginAtEnd: Measured<'gradient-flow'> = {
  name: 'marginAtEnd',
  head: 'margin at the end',
  of: ({ logBoundDecay, logOutsideDecay }) =>
    logBoundDecay == null || logOutsideDecay == null ? null : logBoundDecay - logOutsideDecay,
  show: 'range',
};

/** What the gradient flow's table shows, and descent's. */
export const decayNumbers: readonly Measured<'gradient-flow'>[] = [
  { name: 'smallestMargin', head: 'smallest margin', show: 'smallest', isInVerdict: true },
  { name: 'smallestRowMargin', head: 'smallest margin of a row', show: 'smallest' },
  { name: 'smallestRate', head: 'smallest rate', show: 'smallest', isInVerdict: true },
  marginAtEnd,
  { name: 'time', head: 'time reached', show: 'range' },
  { name: 'deviation', head: 'eps reached', show: 'range' },
  { name: 'k', head: 'K', show: 'range' },
];

/** Where a path was that ended early. */
export const decayReached: readonly Measured<'gradient-flow'>[] = [
  { name: 'time', head: 'time', show: 'range' },
  { name: 'k', head: 'K', show: 'range' },
  { ...marginAtEnd, head: 'margin there' },
];
