import path from 'node:path';
import { experimentOfPart, type Sweep, type SweepPart } from '../sweep/load.js';
import { seedOf, settingOf, settingsWithRole, settingText } from '../task/settings.js';
import { countStates, STATE_WORDS } from '../task/states.js';
import type { Task } from '../task/task.js';
import { formatBytes, formatCount, formatDuration } from '../units.js';
import type { LearnedTime } from '../run/learned-costs.js';
import { grid } from './grid.js';
import type { Plan, PlannedTask } from './make-plan.js';
import { shardText } from './options.js';

const MAX_ROWS = 40;
const MAX_SEEDS = 6;

/** The plan for a terminal: a table a part, one row for the runs that differ in their data seed only, and the totals. */
export function planText(plan: Plan): string {
  const { sweep, remaining, workers } = plan;
  const all = [...plan.tasks.values()];
  const tables = sweep.parts.map(
    (part) => `${partHeading(part, sweep.parts.length)}${partTable(part, plan)}\n`,
  );
  return [
    ...tables,
    `${sweep.name}${countText(sweep)}${statesText(all.map(({ state }) => state))}.\n`,
    `Time: about ${formatDuration(remaining.elapsedMs)} on ${workers} ${workers === 1 ? 'worker' : 'workers'}` +
      `${remaining.steps === 0 ? '' : ` for ${formatCount(remaining.steps)} steps`}; a rough estimate, start-up not counted.\n`,
    ...plan.learnedTimes.map(learnedText),
    `Disk: about ${formatBytes(remaining.bytes)} to write; ${formatBytes(plan.freeBytes)} free in ${path.resolve(plan.out)}.\n`,
  ].join('');
}

/** For example `Time per row of primes: 23 µs, learned from 12 finished tasks.` */
function learnedText({ experiment, unit, microsecondsPerStep, finishedTasks }: LearnedTime): string {
  const time = microsecondsText(microsecondsPerStep);
  const source =
    finishedTasks === 0
      ? `no task has finished yet: assumed ${time}`
      : `${time}, learned from ${formatCount(finishedTasks)} finished ${finishedTasks === 1 ? 'task' : 'tasks'}`;
  return `Time per ${unit} of ${experiment}: ${source}.\n`;
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

/** Empty for a shard without tasks. */
function statesText(states: readonly PlannedTask['state'][]): string {
  return states.length === 0 ? '' : `: ${countStates(states)}`;
}

function partHeading({ name, title, experiment }: SweepPart, parts: number): string {
  if (parts === 1 && title === null) return '';
  return `${title ?? name} (${experiment})\n`;
}

function partTable(part: SweepPart, plan: Plan): string {
  const columns = cellColumns(part);
  const rows = [...groupByCell(part.tasks, columns).values()];
  const table = grid(
    [...columns, 'seeds', 'state', 'time per task', 'disk per task'],
    rows.slice(0, MAX_ROWS).map((tasks) => cellRow(tasks, columns, plan)),
  );
  const more = rows.length - MAX_ROWS;
  return `${table}${more > 0 ? `... and ${formatCount(more)} more cells; --json lists every task\n` : ''}`;
}

/** What tells the rows apart: the main settings, and whatever else varies but the first seed. */
function cellColumns(part: SweepPart): string[] {
  const main = settingsWithRole(experimentOfPart(part), 'main');
  const [seed] = settingsWithRole(experimentOfPart(part), 'seed');
  return [...main, ...part.varying.filter((name) => !main.includes(name) && name !== seed)];
}

function groupByCell(tasks: readonly Task[], columns: readonly string[]): Map<string, Task[]> {
  const groups = new Map<string, Task[]>();
  for (const task of tasks) {
    const key = columns.map((name) => String(settingOf(task.settings, name))).join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [task]);
    else group.push(task);
  }
  return groups;
}

function cellRow(tasks: readonly Task[], columns: readonly string[], { tasks: planned }: Plan): string[] {
  const items = tasks.flatMap((task) => planned.get(task.id) ?? []);
  const [first] = items;
  if (first === undefined) return [];
  const seeds = tasks.map(({ settings }) => seedOf(settings));
  const more = seeds.length - MAX_SEEDS;
  return [
    ...cellTexts(first.task, columns),
    seeds.slice(0, MAX_SEEDS).join(', ') + (more > 0 ? `, ${formatCount(more)} more` : ''),
    items.every(({ state }) => state === first.state)
      ? STATE_WORDS[first.state].word
      : countStates(items.map(({ state }) => state)),
    formatDuration(first.cost.trainingMs),
    formatBytes(first.cost.bytes),
  ];
}

function cellTexts({ settings }: Task, columns: readonly string[]): string[] {
  return columns.map((name) => settingText(settings, name));
}
