import { InputError } from '../errors.js';
import { closestName } from '../input/closest-name.js';
import { readAnnotations, tagSchema, type Annotations } from '../store/annotations.js';
import type { StoreEntry, TaskEntry } from '../store/inventory.js';
import { tasksFolder } from '../store/task-folder.js';
import { parseAssignments } from '../sweep/assignments.js';
import { experimentOf } from '../task/registry.js';
import { select } from '../sweep/selection.js';
import { TASK_STATES, type StateName } from '../task/states.js';
import { outOption, repeatable } from './options.js';

/** Options of commands on the tasks of a store, of whatever sweep. */
export interface StoreArguments {
  readonly out: string;
  readonly only: readonly string[];
  readonly state: readonly StateName[];
  readonly tag: readonly string[];
}

/** The positional argument of commands that take chosen tasks. */
export const namesOption = {
  type: 'string',
  array: true,
  default: [] as string[],
  describe: 'Names of tasks, as listed by vae-sweep ls, or their ids',
} as const;

export const storeOptions = {
  out: outOption,
  only: {
    ...repeatable,
    describe: 'Only the tasks with these values, e.g. --only seed=2,3 --only dimensions=3-12-20',
  },
  state: {
    ...repeatable,
    coerce: parseStates,
    describe: `Only the tasks in these states: ${TASK_STATES.join(', ')}; e.g. --state failed,corrupt`,
  },
  tag: {
    ...repeatable,
    coerce: parseTags,
    describe: 'Only the tasks with all of these tags, e.g. --tag baseline,checked; see vae-sweep tag',
  },
} as const;

export function isFiltered({ only, state, tag }: Omit<StoreArguments, 'out'>): boolean {
  return only.length + state.length + tag.length > 0;
}

/**
 * The tasks in one of the states, with these values and with all of these tags; all of them where there is no filter.
 * @param annotations the annotations of tasks by id
 */
export function chooseTasks(
  entries: readonly StoreEntry[],
  { only, state, tag }: Omit<StoreArguments, 'out'>,
  annotations: Annotations['byName'],
): TaskEntry[] {
  const tasks = entries.filter((entry) => entry.kind === 'task');
  const present = new Set(tasks.map(({ task }) => experimentOf(task.settings)));
  const assignments = parseAssignments('--only', only, [...present]);
  const isSelected =
    assignments.size === 0 || tasks.length === 0
      ? () => true
      : select(
          tasks.map(({ task }) => task),
          assignments,
        );
  return tasks.filter(
    ({ task, state: found }) =>
      isSelected(task) &&
      (state.length === 0 || state.includes(found.state)) &&
      tag.every((each) => annotations.get(task.id)?.tags.includes(each) === true),
  );
}

/** Returns the tasks that a filter selects, or else the entries with these names or ids. */
export function chooseEntries(
  entries: readonly StoreEntry[],
  names: readonly string[],
  filter: Omit<StoreArguments, 'out'>,
  out: string,
): readonly StoreEntry[] {
  if (!isFiltered(filter)) return names.map((text) => findTask(text, entries, out));
  if (names.length > 0)
    throw new InputError('pass either names of tasks, or --state, --only and --tag, not both');
  return chooseTasks(entries, filter, readAnnotations(out, 'task').byName);
}

/** By name, or else by id. */
export function findTask(text: string, entries: readonly StoreEntry[], out: string): StoreEntry {
  const folder = tasksFolder(out);
  const entry =
    entries.find(({ name }) => name === text) ??
    entries.find((each) => each.kind === 'task' && each.task.id === text);
  if (entry?.kind === 'foreign' && !entry.isFolder)
    throw new InputError(`${text}: ${entry.problem} in ${folder}: delete it by hand`);
  if (entry !== undefined) return entry;
  const known = entries.map(({ name }) => name);
  const guess = closestName(text, known);
  const hint = guess === undefined ? 'List the tasks with vae-sweep ls' : `Did you mean "${guess}"?`;
  throw new InputError(`Task not found: ${text} in ${folder}. ${hint}`);
}

function parseStates(texts: readonly string[]): StateName[] {
  return texts
    .flatMap((text) => text.split(','))
    .map((text) => {
      const state = TASK_STATES.find((name) => name === text);
      if (state === undefined)
        throw new InputError(`--state: expected one or more of ${TASK_STATES.join(', ')}, got "${text}"`);
      return state;
    });
}

/** Parses lists of tags that are separated by commas. */
export function parseTags(texts: readonly string[]): string[] {
  const tags = texts.flatMap((text) => text.split(','));
  for (const tag of tags) {
    const result = tagSchema.safeParse(tag);
    if (!result.success)
      throw new InputError(`--add, --remove, --tag: ${result.error.issues[0]?.message ?? ''}, got "${tag}"`);
  }
  return tags;
}
