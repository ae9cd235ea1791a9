/** The end of the process. */
export class Crash extends Error {}

/** Whether it is a crash, or was made of one. */
export function isCrash(error: unknown): boolean {
  return error instanceof Crash || (error instanceof Error && isCrash(error.cause));
}
