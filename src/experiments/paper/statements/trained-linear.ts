import { finalNumber, series } from '../../../report/runs.js';
import { metricColumns } from '../../vae/metrics/columns.js';
import type { TrainingRun } from '../../vae/runs.js';
import { groupBy } from '../../../report/group-by.js';
import type { Table } from '../../../report/tables/table.js';
import { formatRange } from './measured.js';
import { runNames, type RunNames } from './run-names.js';
import type { Examination, StatementDefinition } from './statement.js';
import { toFigures } from './to-figures.js';
import { trainingPanels } from './training-panels.js';

const NAME = 'theory-trained-linear';
const TITLE = 'The trained linear VAEs of Table 1 outside the subspace';
const METRIC = 'decoderOutsideSpan';

/** Shows what Adam does, next to Theorem 5. Old logs can lack the column. */
export const trainedLinear: StatementDefinition = {
  name: NAME,
  title: TITLE,
  explanation: [
    'Theorem 5 is about gradient flow, but the linear VAEs of Table 1 are trained on the full loss with Adam, whose steps are not a flow ' +
      'and have no time t over which the bound could be drawn.',
    'Table 1 counts the nonzero rows of Ã only at the end, and the course of training shows whether the part outside of W vanishes as ' +
      'the theorem suggests.',
    'The figure shows |P_W⊥ Ãᵀ|² at each evaluation of the tasks on linear data, as a description and not as a test of the bound.',
  ],
  findings: [],
  contextOnly: true,
  examine: ({ parts }) => {
    const runs = parts
      .flatMap((part) => part.runs)
      .filter((run) => run.task.settings.experiment === 'linear' && series(run, METRIC).length > 0);
    return runs.length === 0 ? null : examine(runs);
  },
};

function examine(runs: readonly TrainingRun[]): Examination {
  const names = runNames(runs.map(({ task }) => ({ ...task.settings })));
  const setting = ({ task }: TrainingRun) => names.setting({ ...task.settings });
  const ends = runs.flatMap((run) => finalNumber(run, METRIC) ?? []);
  return {
    outcome: 'measured',
    verdict: `At the last evaluation of ${runs.length} ${runs.length === 1 ? 'task' : 'tasks'}, the decoder has a squared norm of ${formatRange(ends)} outside of W`,
    notes: [],
    exceptions: [],
    tables: [table(runs, names)],
    runs: null,
    draw: () =>
      toFigures({ name: NAME, title: TITLE }, [
        {
          caption: 'One curve per task, at its evaluations; the thick curve is the mean over the seeds.',
          drawing: trainingPanels(
            runs,
            metricColumns([METRIC]).map((metric) => ({ metric, isLog: true })),
            { title: 'r*-d-r', of: setting },
          ),
        },
      ]),
  };
}

function table(runs: readonly TrainingRun[], names: RunNames): Table {
  const setting = ({ task }: TrainingRun) => names.setting({ ...task.settings });
  const at = (some: readonly TrainingRun[], place: 0 | -1) =>
    formatRange(some.flatMap((run) => series(run, METRIC).at(place)?.value ?? []));
  return {
    name: NAME,
    title: TITLE,
    caption:
      'One row per setting, over its seeds: the squared norm of the decoder outside of the column span of A.',
    head: ['r*-d-r', 'tasks', 'at the start', 'at the end'],
    body: [...groupBy(runs, setting)].map(([name, those]) => [
      name,
      String(those.length),
      at(those, 0),
      at(those, -1),
    ]),
    notes: [],
    records: runs.map((run) => ({
      task: run.task.name,
      setting: setting(run),
      seed: run.task.settings.seed,
      modelSeed: run.task.settings.modelSeed,
      atStart: series(run, METRIC)[0]?.value ?? null,
      atEnd: finalNumber(run, METRIC),
    })),
  };
}
