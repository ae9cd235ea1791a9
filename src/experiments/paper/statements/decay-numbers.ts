import type { Measured } from './measured.js';

const marginAtEnd: Measured<'gradient-flow'> = {
  name: 'marginAtEnd',
  head: 'margin at the end',
  of: ({ logBoundDecay, logOutsideDecay }) =>
    logBoundDecay == null || logOutsideDecay == null ? null : logBoundDecay - logOutsideDecay,
  show: 'range',
};

/** The columns of the tables of gradient flow and gradient descent. */
export const decayNumbers: readonly Measured<'gradient-flow'>[] = [
  { name: 'smallestMargin', head: 'smallest margin', show: 'smallest', isInVerdict: true },
  { name: 'smallestRowMargin', head: 'smallest row margin', show: 'smallest' },
  { name: 'smallestRate', head: 'smallest rate', show: 'smallest', isInVerdict: true },
  marginAtEnd,
  { name: 'time', head: 'time reached', show: 'range' },
  { name: 'deviation', head: 'eps reached', show: 'range' },
  { name: 'k', head: 'K', show: 'range' },
];

/** The numbers that describe where a path ended early. */
export const decayReached: readonly Measured<'gradient-flow'>[] = [
  { name: 'time', head: 'time', show: 'range' },
  { name: 'k', head: 'K', show: 'range' },
  { ...marginAtEnd, head: 'margin' },
];
