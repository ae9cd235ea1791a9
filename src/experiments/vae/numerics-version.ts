/**
 * Part of the identity of every task that trains. Raise it by hand with any change that alters a bit of any run (a key, an operation, an
 * order of additions): old results then stay in the store under their old ids, and new runs train afresh. A test on golden
 * bits fails when the bits change and this number does not.
 */
export const NUMERICS_VERSION = 2;
