import { StoreError } from '../errors.js';

/** Returns the result of an action on the store, or that of `fallback` if the action throws a StoreError. */
export function withStoreErrorFallback<T>(action: () => T, fallback: (problem: string) => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof StoreError) return fallback(error.message);
    throw error;
  }
}
