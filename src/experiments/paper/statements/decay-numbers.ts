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
  {
    name: 'smallestMargin',
    head: 'smallest margin',
    of: ({ smallestMargin }) => smallestMargin,
    show: 'smallest',
    isInVerdict: true,
  },
  {
    name: 'smallestRowMargin',
    head: 'smallest margin of a row',
    of: ({ smallestRowMargin }) => smallestRowMargin,
    show: 'smallest',
  },
  {
    name: 'smallestRate',
    head: 'smallest rate',
    of: ({ smallestRate }) => smallestRate,
    show: 'smallest',
    isInVerdict: true,
  },
  marginAtEnd,
  { name: 'time', head: 'time reached', of: ({ time }) => time, show: 'range' },
  { name: 'deviation', head: 'eps reached', of: ({ deviation }) => deviation, show: 'range' },
  { name: 'k', head: 'K', of: ({ k }) => k, show: 'range' },
];

/** Where a path was that ended early. */
export const decayReached: readonly Measured<'gradient-flow'>[] = [
  { name: 'time', head: 'time', of: ({ time }) => time, show: 'range' },
  { name: 'k', head: 'K', of: ({ k }) => k, show: 'range' },
  { ...marginAtEnd, head: 'margin there' },
];
