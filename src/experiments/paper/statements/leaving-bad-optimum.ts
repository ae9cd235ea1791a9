import { finalNumber, series } from '../../../report/runs.js';
import { metricColumns } from '../../vae/metrics/columns.js';
import type { TrainingRun, TrainingRuns } from '../../vae/runs.js';
import { groupBy } from '../../../report/group-by.js';
import { countTasks } from '../../../report/tables/format.js';
import type { Table } from '../../../report/tables/table.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import { formatRange } from './measured.js';
import { numberOf, runNames, type RunNames } from './run-names.js';
import type { Examination, StatementDefinition } from './statement.js';
import { toFigures } from './to-figures.js';
import { trainingPanels } from './training-panels.js';

const NAME = 'theory-leaving-bad-optimum';
const TITLE = 'Does training leave the bad optimum?';
const METRICS = metricColumns(['encoderZeros', 'manifoldError']).map((metric) => ({ metric, isLog: false }));
const EXTRA = 'badOptimumExtraDims';

/** Examines training that starts at the construction of Eq. (6). */
export const leavingBadOptimum: StatementDefinition = {
  name: NAME,
  title: TITLE,
  explanation: [
    'Theorem 4 says that there are optima whose generator has s excess dimensions; it does not say whether training that reaches one ' +
      'stays there.',
    'If training always left such optima, they would not matter in practice.',
    'VAEs were trained with Adam from the construction of Eq. (6), which starts with r* + s encoder variances near zero, and at each ' +
      'evaluation the number of variances below 0.1 and the manifold error were measured.',
  ],
  findings: [],
  examine: ({ parts }) => {
    const started = parts
      .map(startedAtBadOptimum)
      .filter(({ runs, requested }) => runs.length + requested > 0);
    return started.length === 0 ? null : examine(started);
  },
};

interface StartedRuns {
  readonly runs: readonly TrainingRun[];
  readonly requested: number;
}

/** Returns the tasks of a part that start at the construction. */
function startedAtBadOptimum({ part, runs }: TrainingRuns): StartedRuns {
  return {
    runs: runs.filter(({ task }) => extraDims(task.settings) > 0),
    requested: part.tasks.filter(({ settings }) => extraDims(settings) > 0).length,
  };
}

function extraDims(settings: TrainingSettings): number {
  return numberOf({ ...settings }, EXTRA);
}

function examine(started: readonly StartedRuns[]): Examination {
  const runs = started.flatMap(({ runs }) => runs);
  const requested = started.reduce((sum, part) => sum + part.requested, 0);
  const names = runNames(
    runs.map(({ task }) => ({ ...task.settings })),
    [EXTRA],
  );
  const fell = runs.filter((run) => zeros(run).change < 0).length;
  const rose = runs.filter((run) => zeros(run).change > 0).length;
  const absent = runs.length < requested ? `; ${countTasks(requested - runs.length, requested)} missing` : '';
  return {
    outcome: runs.length < requested ? 'not enough tasks' : 'measured',
    verdict:
      runs.length === 0
        ? `${countTasks(0, requested)} finished`
        : `From the first to the last evaluation, the number of zeros in the encoder variance fell in ${countTasks(fell, runs.length)} ` +
          `and rose in ${rose}${absent}`,
    notes: [],
    exceptions: [],
    tables: runs.length === 0 ? [] : [table(runs, names)],
    runs: null,
    draw: () => {
      if (runs.length === 0) return { figures: [], notes: [`${TITLE} None of its tasks is done.`] };
      return toFigures({ name: NAME, title: TITLE }, [
        {
          caption: 'One curve per task, at its evaluations; the thick curve is the mean over the seeds.',
          drawing: trainingPanels(runs, METRICS, {
            title: 'r*-d-r, s excess dimensions at the start',
            of: (run) => settingOf(run, names),
          }),
        },
      ]);
    },
  };
}

function settingOf({ task: { settings } }: TrainingRun, names: RunNames): string {
  return `${names.setting({ ...settings })}, s = ${extraDims(settings)}`;
}

/** Returns the number of zeros at the first and at the last evaluation. */
function zeros(run: TrainingRun) {
  const points = series(run, 'encoderZeros');
  const [start, end] = [points[0]?.value ?? NaN, points.at(-1)?.value ?? NaN];
  return { start, end, change: end - start };
}

function table(runs: readonly TrainingRun[], names: RunNames): Table {
  const setting = (run: TrainingRun) => settingOf(run, names);
  return {
    name: NAME,
    title: TITLE,
    caption:
      'One row per setting, over its seeds, from the first to the last evaluation. r*-d-r: the dimensions.',
    head: [
      'r*-d-r',
      'tasks',
      'zeros at the start',
      'zeros at the end',
      'r*',
      'tasks in which they fell',
      'manifold error at the end',
    ],
    body: [...groupBy(runs, setting)].map(([name, runs]) => [
      name,
      String(runs.length),
      formatRange(runs.map((run) => zeros(run).start)),
      formatRange(runs.map((run) => zeros(run).end)),
      formatRange(runs.map(({ task }) => task.settings.intrinsicDim)),
      String(runs.filter((run) => zeros(run).change < 0).length),
      errorsAtEnd(runs),
    ]),
    notes: [],
    records: runs.map((run) => ({
      task: run.task.name,
      setting: setting(run),
      seed: run.task.settings.seed,
      modelSeed: run.task.settings.modelSeed,
      extraDims: extraDims(run.task.settings),
      zerosAtStart: orNull(zeros(run).start),
      zerosAtEnd: orNull(zeros(run).end),
      manifoldErrorAtEnd: finalNumber(run, 'manifoldError'),
    })),
  };
}

function errorsAtEnd(runs: readonly TrainingRun[]): string {
  return formatRange(runs.flatMap((run) => finalNumber(run, 'manifoldError') ?? []));
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
