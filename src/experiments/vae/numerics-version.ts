/**
 * Part of the identity of every task that trains. Increase it by hand with every change that alters a bit of any result: a key, an
 * operation or the order of additions. Old results then stay in the store under their old ids, and new tasks train from the start. The
 * test of the golden bits fails if the bits change but this number does not.
 */
export const NUMERICS_VERSION = 2;
