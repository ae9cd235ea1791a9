/** Part of the identity of every task of the theory. Increase it by hand with every change that alters a computed number. */
export const THEORY_VERSION = 2;
