import path from 'node:path';
import type { SkippedCells } from '../sweep/expand.js';
import { experimentOfPart, type Sweep, type SweepPart } from '../sweep/load.js';
import { settingOf, settingsWithRole, settingText } from '../task/settings.js';
import { countStates, STATE_LABELS } from '../task/states.js';
import type { Task } from '../task/task.js';
import { formatBytes, formatCount, formatDuration } from '../units.js';
import type { LearnedTime } from '../run/learned-costs.js';
import { columns } from './grid.js';
import type { Plan, PlannedTask } from './make-plan.js';
import { searchPlanText } from './search-text.js';
import { shardText } from './options.js';

const MAX_VALUES = 6;

/**
 * Describes a plan for a terminal: a table per part with one row per cell, then the totals. Where that is longer than the screen, several
 * parts become one row each, and of one part the first cells are shown.
 *
 * @param height lines of the screen; Infinity to show all cells
 */
export function planText(plan: Plan, height: number): string {
  const { parts } = plan.sweep;
  const totals = totalsText(plan);
  // A shard may be empty.
  if (parts.length === 0) return totals;
  const room = height - lineCount(totals);
  const tables = parts.map((part) => partText(part, plan, Infinity)).join('\n');
  if (lineCount(tables) < room) return `${tables}\n${totals}`;
  const [only] = parts;
  const short = parts.length === 1 && only !== undefined ? partText(only, plan, room) : partsText(plan, room);
  return `${short}\n${totals}`;
}

function totalsText({
  sweep,
  tasks,
  remaining,
  workers,
  learnedTimes,
  searches,
  freeBytes,
  out,
}: Plan): string {
  const states = [...tasks.values()].map(({ state }) => state);
  return [
    `${sweep.name}${countText(sweep)}${statesText(states)}.\n`,
    skippedText(sweep.skipped),
    `Time: about ${formatDuration(remaining.elapsedMs)} on ${workers} ${workers === 1 ? 'worker' : 'workers'}` +
      `${remaining.steps === 0 ? '' : ` for ${formatCount(remaining.steps)} steps`}; a rough estimate without start-up.\n`,
    ...learnedTimes.map(learnedText),
    searchPlanText(searches),
    `Disk: about ${formatBytes(remaining.bytes)} to write; ${formatBytes(freeBytes)} free in ${path.resolve(out)}.\n`,
  ].join('');
}

/**
 * For example `Time per row of primes: 23 µs, learned from 12 finished tasks.` or, for an experiment that declares its times, `Times
 * of primes: 2.1 times the declared ones, learned from 15 finished tasks.`
 */
function learnedText({ experiment, unit, ratio, microsecondsPerStep, finishedTasks }: LearnedTime): string {
  const source = `learned from ${formatCount(finishedTasks)} finished ${finishedTasks === 1 ? 'task' : 'tasks'}`;
  if (microsecondsPerStep === null)
    return `Times of ${experiment}: ${Number(ratio.toPrecision(2))} times the declared ones, ${source}.\n`;
  const time = microsecondsText(microsecondsPerStep);
  const text = finishedTasks === 0 ? `no task is done yet: assumed ${time}` : `${time}, ${source}`;
  return `Time per ${unit} of ${experiment}: ${text}.\n`;
}

function microsecondsText(microseconds: number): string {
  return microseconds < 1000
    ? `${Number(microseconds.toPrecision(2))} µs`
    : formatDuration(microseconds / 1000);
}

/** For example `: 252 tasks` or `, shard 3/8, 32 of 252 tasks`. */
function countText(sweep: Sweep): string {
  return sweep.shard === null ? `: ${formatCount(sweep.tasks.length)} tasks` : `, ${shardText(sweep)}`;
}

/** For example `Skipped: 3 combinations that are not allowed, e.g. expected an ambient dimension of at least 5.` */
function skippedText({ notAllowed, example, duplicates }: SkippedCells): string {
  const texts = [
    notAllowed === 0
      ? ''
      : `${formatCount(notAllowed)} ${notAllowed === 1 ? 'combination that is' : 'combinations that are'} not allowed (${example ?? ''})`,
    duplicates === 0
      ? ''
      : `${formatCount(duplicates)} ${duplicates === 1 ? 'combination that repeats another' : 'combinations that repeat others'}`,
  ].filter((text) => text !== '');
  return texts.length === 0 ? '' : `Skipped: ${texts.join('; ')}.\n`;
}

/** Empty for a shard without tasks. */
function statesText(states: readonly PlannedTask['state'][]): string {
  return states.length === 0 ? '' : `: ${countStates(states)}`;
}

/** One row per cell, and a note where not all cells have room. */
function partText(part: SweepPart, plan: Plan, room: number): string {
  const heading = partHeading(part, plan.sweep.parts.length);
  const { cell, collapsed, seed } = partColumns(part);
  const cells = cellsOf(part, cell);
  const table = (shown: readonly (readonly Task[])[]): string =>
    columns([
      [...cell, ...collapsed, 'seeds', 'tasks', 'state', 'time per task', 'disk per task'],
      ...shown.map((tasks) => [
        ...[...cell, ...collapsed, seed].map((name) => valuesText(tasks, name)),
        ...costTexts(tasks, plan),
      ]),
    ]);
  const whole = `${heading}${table(cells)}`;
  if (lineCount(whole) < room) return whole;
  // The heading of the columns, the note and an empty line.
  const shown = Math.max(1, room - lineCount(heading) - 3);
  return `${heading}${table(cells.slice(0, shown))}${moreText(cells.length - shown, 'cells')}`;
}

/** One row per part. */
function partsText(plan: Plan, room: number): string {
  const { parts } = plan.sweep;
  // The heading of the columns, the note and an empty line.
  const shown = parts.slice(0, Math.max(1, room - 3));
  const rows = shown.map((part) => [
    part.title ?? part.name,
    formatCount(cellsOf(part, partColumns(part).cell).length),
    ...costTexts(part.tasks, plan),
  ]);
  const table = columns([['sweep', 'cells', 'tasks', 'state', 'time per task', 'disk per task'], ...rows]);
  const hidden = parts.length - shown.length;
  return `${table}${hidden > 0 ? moreText(hidden, 'sweeps') : 'Pass --all to show the cells of each.\n'}`;
}

function moreText(count: number, what: string): string {
  return `... and ${formatCount(count)} more ${what}. Pass --all to show them, or --json for every task.\n`;
}

function partHeading({ name, title, experiment }: SweepPart, parts: number): string {
  if (parts === 1 && title === null) return '';
  return `${title ?? name} (${experiment})\n`;
}

/** The settings that make a cell, those whose values are collapsed into one row, and the seed. */
function partColumns(part: SweepPart): { cell: string[]; collapsed: string[]; seed: string } {
  const main = settingsWithRole(experimentOfPart(part), 'main');
  const [seed = 'seed'] = settingsWithRole(experimentOfPart(part), 'seed');
  const others = part.varying.filter((name) => !main.includes(name) && name !== seed);
  return main.length === 0 ? { cell: others, collapsed: [], seed } : { cell: main, collapsed: others, seed };
}

function cellsOf(part: SweepPart, cell: readonly string[]): readonly (readonly Task[])[] {
  const groups = new Map<string, Task[]>();
  for (const task of part.tasks) {
    const key = cell.map((name) => String(settingOf(task.settings, name))).join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [task]);
    else group.push(task);
  }
  return [...groups.values()];
}

/** The distinct values of a setting, for example `69, 24, 48`. */
function valuesText(tasks: readonly Task[], name: string): string {
  const values = [...new Set(tasks.map(({ settings }) => settingText(settings, name)))];
  const more = values.length - MAX_VALUES;
  return `${values.slice(0, MAX_VALUES).join(', ')}${more > 0 ? `, ${formatCount(more)} more` : ''}`;
}

/** The number of tasks, their states, and their estimated costs. */
function costTexts(tasks: readonly Task[], plan: Plan): string[] {
  const planned = tasks.flatMap((task) => plan.tasks.get(task.id) ?? []);
  const states = planned.map(({ state }) => state);
  const [first] = states;
  return [
    formatCount(tasks.length),
    first !== undefined && states.every((state) => state === first)
      ? STATE_LABELS[first].word
      : countStates(states),
    rangeText(
      planned.map(({ cost }) => cost.trainingMs),
      formatDuration,
    ),
    rangeText(
      planned.map(({ cost }) => cost.bytes),
      formatBytes,
    ),
  ];
}

/** For example `1 s to 4 s`. */
function rangeText(values: readonly number[], format: (value: number) => string): string {
  const min = format(values.reduce((a, b) => Math.min(a, b), Infinity));
  const max = format(values.reduce((a, b) => Math.max(a, b), 0));
  return min === max ? min : `${min} to ${max}`;
}

function lineCount(text: string): number {
  return text.split('\n').length - 1;
}
