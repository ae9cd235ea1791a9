import { z } from 'zod';
import { rowsWorker } from '../../forms/rows.js';
import { stepsOf } from '../../task/cost.js';
import type { Settings } from '../../task/task.js';
import { formatCount } from '../../units.js';
import type { UserFunctionExperiment } from './definition.js';
import { asUserSettings, definitionOf } from './definitions.js';
import { rowColumns } from './details.js';

/** Runs the function of an experiment of a plugin. */
export const { run } = rowsWorker<Settings>({
  columns: (settings) => rowColumns(functionOf(settings)),
  async *run(settings) {
    const experiment = functionOf(settings);
    const { name, columns } = experiment;
    const most = stepsOf(settings);
    const checkRow = checkerOf(columns.rows);
    const checkSummary = checkerOf(columns.summary);
    const rows = experiment.run(asUserSettings(settings));
    try {
      for (let count = 1; ; count++) {
        const next = await rows.next();
        if (next.done) {
          const measures = checkSummary(next.value, `what ${name} returned`);
          return { outcome: 'done', complete: true, holds: true, measures };
        }
        if (count > most)
          throw new Error(`${name} yielded more than the ${formatCount(most)} rows that \`rows\` says`);
        yield checkRow(next.value, `row ${formatCount(count)} of ${name}`);
      }
    } finally {
      // Where the task is stopped, the function may have something to close.
      await rows.return({});
    }
  },
});

type Numbers = Readonly<Record<string, number>>;

/** Exactly the declared numbers: a name that is not declared, or one that is missing, is a slip. */
function checkerOf(columns: readonly { readonly name: string }[]): (value: unknown, what: string) => Numbers {
  const number = z.custom<number>((value) => typeof value === 'number', { error: 'expected a number' });
  const schema = z.strictObject(Object.fromEntries(columns.map(({ name }) => [name, number])));
  return (value, what) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new Error(`${what}: ${z.prettifyError(parsed.error).replaceAll(/\s+/g, ' ')}`);
  };
}

function functionOf(settings: Settings): UserFunctionExperiment {
  return definitionOf(settings) as UserFunctionExperiment;
}
