import { DONE, rowsWorker } from '../../forms/rows.js';
import { stepsOf } from '../../task/cost.js';
import type { Settings } from '../../task/task.js';
import { formatCount } from '../../units.js';
import type { UserFunctionExperiment } from './definition.js';
import { asUserSettings, definitionOf } from './installed-experiments.js';
import { rowColumns } from './details.js';
import { numbersChecker } from './numbers.js';

/** Runs the function of a plugin's experiment. */
export const { run } = rowsWorker<Settings>({
  columns: (settings) => rowColumns(functionOf(settings)),
  async *run(settings, { rowsBefore, saved, save }) {
    const experiment = functionOf(settings);
    const { name, columns } = experiment;
    const maxRows = stepsOf(settings);
    const checkRow = numbersChecker(columns.rows);
    const checkSummary = numbersChecker(columns.summary);
    const rows = experiment.run(asUserSettings(settings), { saved, save });
    try {
      for (let count = rowsBefore + 1; ; count++) {
        const next = await rows.next();
        if (next.done) {
          const measures = checkSummary(next.value, `the summary of ${name}`);
          return { outcome: DONE, complete: true, holds: true, measures };
        }
        if (count > maxRows)
          throw new Error(
            `${name} yielded more rows than the maximum of ${formatCount(maxRows)} that \`rows\` returns`,
          );
        yield checkRow(next.value, `row ${formatCount(count)} of ${name}`);
      }
    } finally {
      // Run the `finally` blocks of the function if the task is stopped.
      await rows.return({});
    }
  },
});

function functionOf(settings: Settings): UserFunctionExperiment {
  return definitionOf(settings) as UserFunctionExperiment;
}
