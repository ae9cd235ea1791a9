import { sampleStandardDeviation } from 'simple-statistics';
import { experimentOf } from '../../task/registry.js';
import { cellSettings, settingText } from '../../task/settings.js';
import { formatCount, fourDigits } from '../../units.js';
import type { Table } from '../tables/table.js';
import type { Comparison } from './compared.js';

const MAX_SHOWN = 5;

/** Returns a table of the best settings, with the standard errors of their means. */
export function bestTable({ part, metric, goal, place, ranked }: Comparison): Table {
  const [first] = part.tasks;
  const names = first === undefined ? [] : cellSettings(experimentOf(first.settings), part.varying);
  const best = ranked
    .slice(0, MAX_SHOWN)
    .map((point, i) => ({ ...point, rank: i + 1, error: standardError(point.values) }));
  return {
    name: `${part.name}-best`,
    title: `Best settings of ${part.name} (${goal} ${metric}${place === '' ? '' : `, ${place}`})`,
    caption:
      'Mean and standard error over the tasks of each setting. The best were chosen among many, so their means are too good on average: ' +
      'to compare them with others, train them with new seeds.',
    head: ['rank', ...names, metric, 'standard error', 'tasks'],
    body: best.map(({ task, values, mean, rank, error }) => [
      String(rank),
      ...names.map((name) => settingText(task.settings, name)),
      fourDigits(mean),
      error === null ? '' : fourDigits(error),
      formatCount(values.length),
    ]),
    notes: [],
    records: best.map(({ task, values, mean, rank, error }) => ({
      rank,
      task: task.name,
      ...Object.fromEntries(names.map((name) => [name, settingText(task.settings, name)])),
      metric,
      mean,
      standardError: error,
      tasks: values.length,
    })),
  };
}

/** Returns the standard error of the mean; null for a single value. */
function standardError(values: readonly number[]): number | null {
  return values.length < 2 ? null : sampleStandardDeviation([...values]) / Math.sqrt(values.length);
}
