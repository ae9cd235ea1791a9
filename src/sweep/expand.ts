import { cellsOf, entriesOf } from './grid.js';
import type { Cell } from './grid.js';
import { identify } from '../task/identity.js';
import type { SettingProblem } from '../task/setting-values.js';
import type { Problem } from '../input/problems.js';
import { throwProblems } from '../input/problems.js';
import { formatSetting } from '../task/settings.js';
import type { SweepDefinition } from './sweep-file.js';
import type { Task, Versions } from '../task/task.js';
import type { YamlPath } from '../input/yaml-source.js';

/** Cells of a search that are not tasks of their own. */
export interface SkippedCells {
  /** Cells with a combination of values that the experiment does not allow. */
  readonly notAllowed: number;
  /** Why the first of them is not allowed. */
  readonly example: string | null;
  /** Cells that are the same as an earlier one. */
  readonly duplicates: number;
}

/** For sweeps that are no searches. */
export const NOTHING_SKIPPED: SkippedCells = { notAllowed: 0, example: null, duplicates: 0 };

export interface Expansion {
  readonly tasks: readonly Task[];
  readonly skipped: SkippedCells;
}

/**
 * Returns the tasks of a sweep's cells, in the order of the cells. Sampled cells that are invalid or duplicates are skipped.
 * @throws InputError if another cell is incomplete, invalid or a duplicate, or if all cells are skipped
 */
export function expand(definition: SweepDefinition, versions: Versions): Expansion {
  const tasks = new Map<string, Task>();
  const problems: Problem[] = [];
  const notAllowed: Problem[] = [];
  let skippedCells = 0;
  let duplicates = 0;
  const { experiment } = definition;
  for (const cell of cellsOf(definition)) {
    const { values } = cell;
    const absent = missing(definition, cell);
    problems.push(...absent);
    if (absent.length > 0) continue;
    const settings = experiment.resolve(values);
    const found = experiment.problems(values, settings).map((problem) => locate(problem, definition, cell));
    if (cell.isSampled && found.length > 0) {
      skippedCells++;
      if (notAllowed.length === 0) notAllowed.push(...found);
      continue;
    }
    problems.push(...found);
    const task = identify(settings, versions);
    if (!tasks.has(task.id)) tasks.set(task.id, task);
    else if (definition.sample === null) problems.push(...duplicateCell(definition, cell));
    else duplicates++;
  }
  throwProblems(definition.source, tasks.size === 0 ? [...problems, ...notAllowed] : problems);
  const example = notAllowed[0]?.message ?? null;
  return { tasks: [...tasks.values()], skipped: { notAllowed: skippedCells, example, duplicates } };
}

function missing({ experiment }: SweepDefinition, { values, included }: Cell): Problem[] {
  const names = experiment.required.filter((name) => values[name] === undefined);
  const place = included === null ? '' : ', or to this cell';
  return names.map((name) => ({
    path: placeOf(included),
    message: `${name} is missing: add it to \`grid\` or \`settings\`${place}`,
  }));
}

/**
 * Reports a cell that another cell equals. Lists of a grid have no duplicates at this point. Overrides may make included cells equal,
 * which is not an error.
 */
function duplicateCell(
  { experiment, overridden, settings }: SweepDefinition,
  { values, included }: Cell,
): Problem[] {
  if (overridden.size > 0) return [];
  const own = entriesOf(values).filter(([name, value]) => settings[name] !== value);
  const cell = own.map(([name, value]) => `${name} ${formatSetting(experiment, name, value)}`).join(', ');
  return [{ path: placeOf(included), message: `duplicate cell (${cell})` }];
}

function locate({ settings, message }: SettingProblem, definition: SweepDefinition, cell: Cell): Problem {
  const overridden = settings.find((name) => definition.overridden.has(name));
  if (overridden !== undefined)
    return { path: [], message: `${overridden} (from --set or a list of sweeps): ${message}` };
  const paths = settings.map((name) => pathOf(name, definition, cell));
  return { path: paths.find((path) => path !== null) ?? [], message };
}

function pathOf(name: string, definition: SweepDefinition, { values, included }: Cell): YamlPath | null {
  const { include, grid, settings, space } = definition;
  if (included !== null && Object.hasOwn(include[included] ?? {}, name)) return ['include', included, name];
  const value = values[name];
  if (value !== undefined && grid[name] !== undefined) return ['grid', name, grid[name].indexOf(value)];
  if (Object.hasOwn(settings, name)) return ['settings', name];
  return space.some((setting) => setting.name === name) ? ['space', name] : null;
}

function placeOf(included: number | null): YamlPath {
  return included === null ? [] : ['include', included];
}
