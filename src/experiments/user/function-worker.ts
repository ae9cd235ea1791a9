import { z } from 'zod';
import { rowsWorker } from '../../forms/rows.js';
import type { Settings } from '../../task/task.js';
import type { UserFunctionExperiment } from './definition.js';
import { asUserSettings, definitionOf } from './definitions.js';
import { rowColumns } from './details.js';

/** Runs the function of an experiment of a plugin. */
export const { run } = rowsWorker<Settings>({
  columns: (settings) => rowColumns(functionOf(settings)),
  async *run(settings) {
    const { columns, run: start } = functionOf(settings);
    const row = numbersOf(columns.rows.map(({ name }) => name));
    const summary = numbersOf(columns.summary.map(({ name }) => name));
    const rows = start(asUserSettings(settings));
    for (;;) {
      const next = await rows.next();
      if (next.done)
        return { outcome: 'done', complete: true, holds: true, measures: summary.parse(next.value) };
      yield row.parse(next.value);
    }
  },
});

/** Exactly these numbers: a name that is not declared, or one that is missing, is a slip. */
function numbersOf(names: readonly string[]) {
  const number = z.union([z.number(), z.nan(), z.literal(Infinity), z.literal(-Infinity)]);
  return z.strictObject(Object.fromEntries(names.map((name) => [name, number])));
}

function functionOf(settings: Settings): UserFunctionExperiment {
  return definitionOf(settings) as UserFunctionExperiment;
}
