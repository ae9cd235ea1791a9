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

/**
 * Returns the tasks of a sweep's cells, in the order of the cells.
 * @throws InputError if a cell is incomplete, invalid or a duplicate
 */
export function expand(definition: SweepDefinition, versions: Versions): Task[] {
  const tasks = new Map<string, Task>();
  const problems: Problem[] = [];
  const { experiment } = definition;
  for (const cell of cellsOf(definition)) {
    const { values } = cell;
    const absent = missing(definition, cell);
    problems.push(...absent);
    if (absent.length > 0) continue;
    const settings = experiment.resolve(values);
    for (const problem of experiment.problems(values, settings))
      problems.push(locate(problem, definition, cell));
    const task = identify(settings, versions);
    if (tasks.has(task.id)) problems.push(...duplicateCell(definition, cell));
    tasks.set(task.id, task);
  }
  throwProblems(definition.source, problems);
  return [...tasks.values()];
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
  const { include, grid, settings } = definition;
  if (included !== null && Object.hasOwn(include[included] ?? {}, name)) return ['include', included, name];
  const value = values[name];
  if (value !== undefined && grid[name] !== undefined) return ['grid', name, grid[name].indexOf(value)];
  return Object.hasOwn(settings, name) ? ['settings', name] : null;
}

function placeOf(included: number | null): YamlPath {
  return included === null ? [] : ['include', included];
}
