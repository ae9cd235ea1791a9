import { rowsWorker } from '../../forms/rows.js';
import type { Computation } from './computations/computation.js';
import { computations } from './computations/registry.js';
import { rowColumns } from './details.js';
import type { TheorySettings } from './tasks/theory-settings.js';

/** Runs a computation of the theory, which takes seconds. */
export const { run } = rowsWorker<TheorySettings>({
  columns: ({ kind }) => rowColumns(kind),
  *run(settings) {
    const computation: Computation = computations[settings.kind];
    const { outcome, complete, holds, measures } = yield* computation.run(settings);
    return { outcome, complete, holds, measures, statement: computation.statement };
  },
});
