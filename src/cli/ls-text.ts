import type { Annotation, Annotations } from '../store/annotations.js';
import type { StoreEntry, TaskEntry } from '../store/inventory.js';
import { tasksFolder, type TaskState } from '../store/task-folder.js';
import { problemOf } from '../store/task-states.js';
import { stepsOf } from '../task/cost.js';
import { experimentOf } from '../task/registry.js';
import { hasSetting, isSameSetting, settingOf, settingText } from '../task/settings.js';
import { countStates, FAILURE_LABELS, STATE_LABELS } from '../task/states.js';
import type { Settings } from '../task/task.js';
import { formatBytes, formatCount, formatDuration } from '../units.js';
import { grid } from './grid.js';

/** More take the table's library seconds. */
const MAX_ROWS = 1_000;
const MAX_PROBLEMS = 20;
const MAX_NOTE = 40;

const KIND_WORDS: Readonly<Record<Exclude<StoreEntry['kind'], 'task'>, string>> = {
  aside: 'corrupt, set aside',
  removed: 'left over from a deletion',
  merging: 'being merged, or left over from a merge',
  foreign: 'not created by vae-sweep',
};

/** The entries as a table, their problems, and the totals. */
export function listText(
  entries: readonly StoreEntry[],
  out: string,
  now: Date,
  annotations: Annotations['byName'] = new Map(),
): string {
  if (entries.length === 0) return `No tasks in ${tasksFolder(out)}.\n`;
  const columns = varyingSettings(entries.filter((entry) => entry.kind === 'task'));
  const annotationOf = (entry: StoreEntry): Annotation | undefined =>
    entry.kind === 'task' ? annotations.get(entry.task.id) : undefined;
  const isAnnotated = entries.some((entry) => annotationOf(entry) !== undefined);
  const rows = entries.slice(0, MAX_ROWS).map((entry) => {
    const { tags = [], note = '' } = annotationOf(entry) ?? {};
    return [...rowOf(entry, columns, now), ...(isAnnotated ? [tags.join(', '), shorten(note)] : [])];
  });
  const more = entries.length - rows.length;
  return [
    grid(['name', ...columns, 'state', 'age', 'size', ...(isAnnotated ? ['tags', 'note'] : [])], rows),
    more === 0
      ? ''
      : `... and ${formatCount(more)} more; select some with --only, --state or --tag, or list all with --json\n`,
    ...problemLines(entries),
    totalsLine(entries),
  ].join('');
}

/** For example `done`, `interrupted, step 4,000 of 20,000` or `failed (diverged)`. */
export function stateText(state: TaskState, steps: number): string {
  if (state.state === 'interrupted')
    return `${STATE_LABELS.interrupted.word}, step ${formatCount(state.step)} of ${formatCount(steps)}`;
  if (state.state !== 'failed') return STATE_LABELS[state.state].word;
  return `${STATE_LABELS.failed.word} (${FAILURE_LABELS[state.failure.reason]})`;
}

/** The state of an entry in words. */
export function entryText(entry: StoreEntry): string {
  return entry.kind === 'task'
    ? stateText(entry.state, stepsOf(entry.task.settings))
    : KIND_WORDS[entry.kind];
}

/** The start of a note, on one line. */
function shorten(note: string): string {
  const line = note.replaceAll(/\s+/g, ' ');
  return line.length > MAX_NOTE ? `${line.slice(0, MAX_NOTE - 1)}…` : line;
}

/** The settings that differ between tasks and that their names do not show. */
function varyingSettings(tasks: readonly TaskEntry[]): string[] {
  const all = tasks.map(({ task }) => task.settings);
  const experiments = [...new Set(all.map(experimentOf))];
  const names = experiments.flatMap(({ schemas, display }) =>
    Object.keys(schemas).filter((name) => display[name]?.isInFolderName !== true),
  );
  return [...new Set(names)].filter((name) => differs(name, all));
}

function differs(name: string, all: readonly Settings[]): boolean {
  const values = all
    .filter((settings) => hasSetting(settings, name))
    .map((settings) => settingOf(settings, name));
  const [first = null] = values;
  return values.some((value) => !isSameSetting(value, first));
}

function rowOf(entry: StoreEntry, columns: readonly string[], now: Date): string[] {
  const settings = columns.map((name) =>
    entry.kind === 'task' && hasSetting(entry.task.settings, name)
      ? settingText(entry.task.settings, name)
      : '',
  );
  const age = formatDuration(Math.max(0, now.getTime() - entry.changedMs));
  return [entry.name, ...settings, entryText(entry), age, formatBytes(entry.bytes)];
}

function problemLines(entries: readonly StoreEntry[]): string[] {
  const lines = entries.flatMap((entry) => {
    if (entry.kind !== 'task' && entry.kind !== 'foreign') return [];
    const problem = entry.kind === 'task' ? problemOf(entry.state) : entry.problem;
    return problem === null ? [] : [`${entry.name}: ${problem}\n`];
  });
  const more = lines.length - MAX_PROBLEMS;
  return [...lines.slice(0, MAX_PROBLEMS), ...(more > 0 ? [`... and ${formatCount(more)} more\n`] : [])];
}

/** For example `9 tasks (8 done, 1 failed), 1 corrupt, set aside: 6.12 MB.` */
function totalsLine(entries: readonly StoreEntry[]): string {
  const states = entries.flatMap((entry) => (entry.kind === 'task' ? [entry.state.state] : []));
  const others = Object.entries(KIND_WORDS).flatMap(([kind, word]) => {
    const count = entries.filter((entry) => entry.kind === kind).length;
    return count === 0 ? [] : [`; ${formatCount(count)} ${word}`];
  });
  const counts = states.length === 0 ? '' : ` (${countStates(states)})`;
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const noun = states.length === 1 ? 'task' : 'tasks';
  return `${formatCount(states.length)} ${noun}${counts}${others.join('')}; ${formatBytes(bytes)} in total.\n`;
}
