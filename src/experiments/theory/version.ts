/** Part of the identity of every task that computes. Raise it by hand with any change of a number that a computation gives. */
export const THEORY_VERSION = 1;
