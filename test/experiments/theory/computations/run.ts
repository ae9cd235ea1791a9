import type {
  Computation,
  Numbers,
  Verdict,
} from '../../../../src/experiments/theory/computations/computation.js';
import { computations } from '../../../../src/experiments/theory/computations/registry.js';
import { theoryFamily } from '../../../../src/experiments/theory/family.js';
import { theorySettingsSchema } from '../../../../src/experiments/theory/tasks/theory-settings.js';

/** Parses the settings and runs the computation to the end. @throws an Error for settings that cannot be computed */
export function compute<
  S extends { readonly kind: string },
  C extends string,
  M extends string,
  O extends string,
>(
  computation: Computation<S, C, M, O>,
  values: Readonly<Record<string, unknown>>,
): { readonly rows: Numbers<C>[]; readonly verdict: Verdict<O, M> } {
  const kind = Object.entries<unknown>(computations).find(([, each]) => each === computation)?.[0] ?? '';
  const settings = theorySettingsSchema.parse({ kind, seed: 1, ...values });
  const [problem] = theoryFamily.named(kind).problems({}, settings);
  if (problem !== undefined) throw new Error(problem.message);
  const rows: Numbers<C>[] = [];
  const verdict = verdictOf(computation.run(settings as { readonly kind: string } as S), (row) =>
    rows.push(row),
  );
  return { rows, verdict };
}

/** Runs a generator to the end and returns its verdict. */
export function verdictOf<Row, V>(running: Generator<Row, V, undefined>, onRow?: (row: Row) => void): V {
  for (;;) {
    const next = running.next();
    if (next.done) return next.value;
    onRow?.(next.value);
  }
}
