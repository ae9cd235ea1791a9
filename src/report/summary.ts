import { readAttempts } from '../store/attempts.js';
import type { Sweep, SweepPart } from '../sweep/load.js';
import { stepsOf } from '../task/cost.js';
import { experimentOf } from '../task/registry.js';
import { cellSettings, labelSetting, settingText } from '../task/settings.js';
import type { Task } from '../task/task.js';
import { formatCount, formatDuration } from '../units.js';
import { toCells } from './cells.js';
import { titleOf } from './column-titles.js';
import type { ReportSection } from './contribution.js';
import type { PartRuns, Run } from './runs.js';
import type { Comparison } from './search/compared.js';
import { formatNumber } from './tables/format.js';

const MAX_SENTENCES = 5;
/** More settings, parts or experiments are counted, and not named. */
const MAX_NAMED = 4;

interface Summarized {
  readonly sweep: Pick<Sweep, 'tasks'>;
  readonly parts: readonly PartRuns[];
  readonly comparisons: readonly Comparison[];
  readonly sections: readonly Pick<ReportSection, 'summary'>[];
}

/** Returns up to five sentences that say what a sweep executed and what came out. */
export function summarize({ sweep, parts, comparisons, sections }: Summarized): string[] {
  const found = [
    ...comparisons.flatMap(bestSentence),
    ...sections.flatMap(({ summary }) => (summary === undefined ? [] : [summary])),
  ];
  const outcomes = found.length > 0 ? found : parts.flatMap(rangeSentence);
  return [variationSentence(parts), progressSentence(sweep.tasks, parts), ...outcomes].slice(
    0,
    MAX_SENTENCES,
  );
}

/** For example `252 tasks of the experiments linear and sigmoid vary dimensions (13 values) and seed (6 values).` */
function variationSentence(parts: readonly PartRuns[]): string {
  const all = parts.map(({ part }) => part);
  const tasks = distinct(all.flatMap((part) => part.tasks));
  const experiments = [...new Set(all.map(({ experiment }) => experiment))];
  const names = [...new Set(all.flatMap(({ varying }) => varying))];
  const counts = names.map((name) => {
    const values = all.filter((part) => part.varying.includes(name)).flatMap((part) => valuesOf(part, name));
    return `${name} (${formatCount(new Set(values).size)} values)`;
  });
  const kind = experiments.length === 1 ? 'the experiment' : 'the experiments';
  const subject = `${countTasks(tasks.length)} of ${kind} ${listText(experiments, 'experiments')}`;
  if (names.length === 0) return `${subject}.`;
  return `${subject} ${tasks.length === 1 ? 'varies' : 'vary'} ${listText(counts, 'settings')}.`;
}

/** For example `250 of 252 have finished after 2,500,000 steps and 1 h 3 min of computing, and 2 have not.` */
function progressSentence(tasks: readonly Task[], parts: readonly PartRuns[]): string {
  const runs = [...new Map(parts.flatMap((part) => part.runs).map((run) => [run.task.id, run])).values()];
  const missing = distinct(parts.flatMap((part) => part.missing).map(({ task }) => task)).length;
  const done =
    missing === 0 ? 'All of them have' : `${formatCount(runs.length)} of ${formatCount(tasks.length)} have`;
  const work = [stepsText(runs), timeText(runs)].filter((text) => text !== '').join(' and ');
  const rest = missing === 0 ? '' : `, and ${formatCount(missing)} ${missing === 1 ? 'has' : 'have'} not`;
  return `${done} finished${work === '' ? '' : ` after ${work}`}${rest}.`;
}

function stepsText(runs: readonly Run[]): string {
  const trained = runs.filter(({ task }) => experimentOf(task.settings).unit === 'step');
  const steps = trained.reduce((sum, { task }) => sum + stepsOf(task.settings), 0);
  return steps === 0 ? '' : `${formatCount(steps)} steps`;
}

/** The time of tasks that another store has trained is not known. */
function timeText(runs: readonly Run[]): string {
  const attempts = runs.flatMap(({ folder }) => readAttempts(folder));
  const elapsedMs = attempts.reduce(
    (sum, { fromStep, toStep, microsecondsPerStep }) =>
      sum + ((toStep - fromStep) * (microsecondsPerStep ?? 0)) / 1000,
    0,
  );
  return elapsedMs === 0 ? '' : `${formatDuration(elapsedMs)} of computing`;
}

/** For example `Of the 40 compared settings of search, width 16, learningRate 0.5 has the smallest mean of loss: 0.31.` */
function bestSentence({ part, metric, goal, ranked, points }: Comparison): string[] {
  const [best] = ranked;
  if (best === undefined) return [];
  const names = cellSettings(experimentOf(best.task.settings), part.varying);
  const settings = names.map((name) => labelSetting(best.task.settings, name)).join(', ');
  const extreme = goal === 'min' ? 'smallest' : 'largest';
  return [
    `Of the ${formatCount(points.length)} compared settings of ${part.name}, ${settings} has the ${extreme} mean of ${metric}: ` +
      `${formatNumber(best.mean)}.`,
  ];
}

/** For example `The mean loss (nats) of mine is from 0.2 (width 16) to 0.5 (width 4).` */
function rangeSentence(partRuns: PartRuns): string[] {
  const cells = toCells(partRuns);
  const column = cells[0]?.columns.find(({ name }) => cells.some(({ metrics }) => metrics.has(name)));
  if (column === undefined) return [];
  const means = cells
    .flatMap(({ name, metrics }) => {
      const mean = metrics.get(column.name)?.mean;
      return mean === undefined ? [] : [{ name, mean }];
    })
    .sort((a, b) => a.mean - b.mean);
  const [lowest, highest] = [means[0], means.at(-1)];
  if (lowest === undefined || highest === undefined) return [];
  const subject = `The mean ${titleOf(column)} of ${partRuns.part.name} is`;
  const text = ({ name, mean }: typeof lowest) => `${formatNumber(mean)} (${name})`;
  if (lowest === highest) return [`${subject} ${text(lowest)}.`];
  return [`${subject} from ${text(lowest)} to ${text(highest)}.`];
}

function valuesOf({ tasks }: SweepPart, name: string): string[] {
  return tasks.map(({ settings }) => settingText(settings, name));
}

function distinct(tasks: readonly Task[]): Task[] {
  return [...new Map(tasks.map((task) => [task.id, task])).values()];
}

function countTasks(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'task' : 'tasks'}`;
}

/** Returns, for example, `a, b and c`, or `7 settings` if there are too many to name. */
function listText(names: readonly string[], plural: string): string {
  if (names.length > MAX_NAMED) return `${formatCount(names.length)} ${plural}`;
  return [names.slice(0, -1).join(', '), names.at(-1) ?? ''].filter((text) => text !== '').join(' and ');
}
