import type { RowKind } from '../table.js';
import { computations, evaluations, steps } from './logs.js';
import { tasks } from './tasks.js';

/** The kinds of rows that can be exported. */
export const rowKinds = { tasks, evaluations, steps, computations } as const satisfies Readonly<
  Record<string, RowKind>
>;

export type RowName = keyof typeof rowKinds;
