/** Thrown to simulate the death of the process. */
export class Crash extends Error {}

/** Returns whether an error is a crash or was caused by one. */
export function isCrash(error: unknown): boolean {
  return error instanceof Crash || (error instanceof Error && isCrash(error.cause));
}
