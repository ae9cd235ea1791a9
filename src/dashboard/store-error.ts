import { StoreError } from '../errors.js';

/** What an action on the store returns, or what stands in for it where the store can't be read. */
export function orOnStoreError<T>(action: () => T, instead: (problem: string) => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof StoreError) return instead(error.message);
    throw error;
  }
}
