import type {
  Computation,
  Numbers,
  Verdict,
} from '../../../../src/experiments/theory/computations/computation.js';

/** Parses the settings, refuses what can't be computed, and runs to the end. */
export function compute<
  S extends { readonly kind: string },
  C extends string,
  M extends string,
  O extends string,
>(
  computation: Computation<S, C, M, O>,
  values: Readonly<Record<string, unknown>>,
): { readonly rows: Numbers<C>[]; readonly verdict: Verdict<O, M> } {
  const settings = computation.schema.parse({ kind: computation.kind, seed: 1, ...values });
  const [problem] = computation.problems(settings);
  if (problem !== undefined) throw new Error(problem.message);
  const rows: Numbers<C>[] = [];
  const verdict = verdictOf(computation.run(settings), (row) => rows.push(row));
  return { rows, verdict };
}

/** Runs to the end. */
export function verdictOf<Row, V>(running: Generator<Row, V, undefined>, onRow?: (row: Row) => void): V {
  for (;;) {
    const next = running.next();
    if (next.done) return next.value;
    onRow?.(next.value);
  }
}
