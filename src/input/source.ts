/** Keys and list indices from the root to a value, in the form of zod's issues. */
export type SourcePath = readonly PropertyKey[];

/** User input, and the place of each part in its file. */
export interface Source {
  /** Name in messages: the path of a file as the user passed it, or the name of an object. */
  readonly file: string;
  readonly value: unknown;
  /**
   * Returns the place of the value, or of its key, at the path; that of the closest enclosing value if there is none at the path. Null for
   * an object of a program, which has no lines.
   */
  readonly locate: ((path: SourcePath, what?: 'value' | 'key') => SourcePlace) | null;
}

/** Line and column, counted from 1. */
export interface SourcePlace {
  readonly line: number;
  readonly col: number;
}
