import { mean } from 'simple-statistics';
import { toCells, type Cell } from '../../../report/cells.js';
import { finalNumber } from '../../../report/runs.js';
import { groupBy } from '../../../report/group-by.js';
import { DISTANCE_TO_COLLAPSE, DISTANCE_TO_ZEROS } from '../../vae/collapse.js';
import type { TrainingRun, TrainingRuns } from '../../vae/runs.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import { comparedMetric, comparedNumber } from '../tables/compared.js';
import { layouts, type LayoutRow } from '../tables/layouts.js';
import { isShort } from '../tables/printed-runs.js';
import { printedDecimals, printedTables, printedValue } from '../tables/paper.js';

/** Fewer perturbed means than this are not judged. */
const MIN_PERTURBED = 3;
/** Stands for the rounding seed of tasks without one. */
const UNPERTURBED = 'none';

/**
 * What perturbations of the initial parameters by one unit in the last place do to a printed number. `robust`: all means round to the
 * same printed digits. `digits vary`: they do not, but tasks with the same seed end in the same optimum. `chaotic`: they do not, and
 * tasks with the same seed end in different optima, so that rounding decides the number.
 */
export type Robustness =
  'robust' | 'digits vary' | 'chaotic' | 'not judged: not enough tasks' | 'not judged: too few steps';

/** A printed number, with its means over the paper's seeds for each rounding seed. */
export interface PerturbedNumber {
  /** The printed table. */
  readonly table: string;
  readonly cell: Cell<TrainingSettings>;
  readonly row: LayoutRow;
  readonly printed: number;
  /** The mean without a perturbation; null if one of its tasks is not finished. */
  readonly unperturbed: number | null;
  /** The means with one, in the order of their rounding seeds; without those that lack a task. */
  readonly perturbed: readonly number[];
  readonly robustness: Robustness;
  /** Seeds whose tasks end in different optima, for example `seed 24: 5 latents (7 tasks), 6 (4 tasks)`. */
  readonly optima: readonly string[];
}

/** Returns the printed numbers that the parts perturb. */
export function perturbedNumbers(parts: readonly TrainingRuns[]): PerturbedNumber[] {
  return parts.filter(({ part }) => part.varying.includes('roundingSeed')).flatMap(numbersOf);
}

function numbersOf(partRuns: TrainingRuns): PerturbedNumber[] {
  return toCells(partRuns).flatMap((cell) => {
    const table = printedTableOf(cell.settings);
    if (table === null) return [];
    const optima = differentOptima(cell);
    return (layouts[table] ?? []).flatMap((row) => {
      if (row.printed === null || row.isOtherQuantity) return [];
      const printed = printedValue(table, row.printed, cell.settings);
      if (printed === null) return [];
      const metric = comparedMetric({ table }, row, cell.settings);
      // A task with fewer steps than the paper's is not compared with the paper's evaluation, so its last one says more.
      const means = meansOf(cell, (run) =>
        isShort(cell.settings) ? finalNumber(run, metric) : comparedNumber({ table }, row, run),
      );
      const unperturbed = means.get(UNPERTURBED) ?? null;
      const perturbed = [...means].flatMap(([seed, value]) => (seed === UNPERTURBED ? [] : [value]));
      const asked = new Set(cell.tasks.map(({ settings }) => settings.roundingSeed)).size - 1;
      const robustness = isTooShort(cell.settings, metric)
        ? 'not judged: too few steps'
        : unperturbed === null || perturbed.length < Math.max(asked, MIN_PERTURBED)
          ? 'not judged: not enough tasks'
          : judge([unperturbed, ...perturbed], printedDecimals(table, row.printed), optima.length > 0);
      return [{ table, cell, row, printed, unperturbed, perturbed, robustness, optima }];
    });
  });
}

/** Returns the printed table with these settings; null if there is none. */
function printedTableOf({ experiment, decoderLogVarianceThreshold }: TrainingSettings): string | null {
  const isClipped = decoderLogVarianceThreshold !== null;
  const names: Readonly<Record<string, keyof typeof printedTables>> = isClipped
    ? { sigmoid: 'table4', sphere: 'table5' }
    : { linear: 'table1', sigmoid: 'table2', sphere: 'table3' };
  return names[experiment] ?? null;
}

/** Returns the mean over the other seeds for each rounding seed all of whose tasks are finished and have the number. */
function meansOf(
  cell: Cell<TrainingSettings>,
  numberOf: (run: TrainingRun) => number | null,
): Map<string, number> {
  const asked = groupBy(cell.tasks, ({ settings }) => String(settings.roundingSeed ?? UNPERTURBED));
  const finished = groupBy(cell.runs, ({ task }) => String(task.settings.roundingSeed ?? UNPERTURBED));
  return new Map(
    [...asked].flatMap(([seed, tasks]) => {
      const numbers = (finished.get(seed) ?? []).map(numberOf).filter((value) => value !== null);
      return numbers.length === tasks.length ? [[seed, mean(numbers)] as const] : [];
    }),
  );
}

function judge(means: readonly number[], decimals: number, hasOptima: boolean): Robustness {
  const digits = new Set(means.map((value) => value.toFixed(decimals)));
  if (digits.size === 1) return 'robust';
  return hasOptima ? 'chaotic' : 'digits vary';
}

/** Whether Adam can't have moved log D, which starts at 1, to the encoder variance that the metric counts. */
function isTooShort({ steps, learningRate }: TrainingSettings, metric: string): boolean {
  return steps * learningRate < (metric === 'encoderZeros' ? DISTANCE_TO_ZEROS : DISTANCE_TO_COLLAPSE);
}

/** An optimum is identified by the number of latents that it uses at the end: those with an encoder variance below 0.5. */
function differentOptima(cell: Cell<TrainingSettings>): string[] {
  const bySeed = groupBy(cell.runs, ({ task }) => String(task.settings.seed));
  return [...bySeed].flatMap(([seed, runs]) => {
    const byOptimum = groupBy(runs, (run) => String(finalNumber(run, 'encoderSmall')));
    if (byOptimum.size < 2) return [];
    const sorted = [...byOptimum].sort(([a], [b]) => Number(a) - Number(b));
    const counts = sorted.map(
      ([latents, { length }]) => `${latents} latents (${length} ${length === 1 ? 'task' : 'tasks'})`,
    );
    return [`seed ${seed}: ${counts.join(', ')}`];
  });
}
