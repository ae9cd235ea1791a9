import { canonicalPoints, drawPoints, sampledSettings } from './draws.js';
import { cellsOf, entriesOf } from './grid.js';
import type { Cell } from './grid.js';
import { rungBudgets } from '../search/halving.js';
import {
  halvingStages,
  tpeStages,
  type ReadStage,
  type Search,
  type SearchResults,
  type Stage,
} from '../search/stages.js';
import { identify, trajectoryKey } from '../task/identity.js';
import type { SettingProblem, SettingValues } from '../task/setting-values.js';
import type { Problem } from '../input/problems.js';
import { throwProblems, unknownName } from '../input/problems.js';
import { formatSetting, settingsKey, varyingSettings } from '../task/settings.js';
import type { SweepDefinition } from './sweep-file.js';
import type { Task, Versions } from '../task/task.js';
import type { SourcePath } from '../input/source.js';

/** Sampled cells that are not tasks of their own. */
export interface SkippedCells {
  /** Cells with a combination of values that the experiment does not allow. */
  readonly notAllowed: number;
  /** Why the first of them is not allowed. */
  readonly example: string | null;
  /** Cells that are the same as an earlier one. */
  readonly duplicates: number;
}

/** For sweeps without a sample. */
export const NOTHING_SKIPPED: SkippedCells = { notAllowed: 0, example: null, duplicates: 0 };

export interface Expansion {
  readonly tasks: readonly Task[];
  readonly skipped: SkippedCells;
  /** The stages of a search whose tasks depend on results; null for other sweeps. */
  readonly search: Search | null;
}

/**
 * Returns the known tasks of a sweep's cells, in the order of the cells, or of the stages of a search. Sampled cells that are invalid or
 * duplicates are skipped.
 * @throws InputError if another cell is incomplete, invalid or a duplicate, or if all cells are skipped
 */
export function expand(
  definition: SweepDefinition,
  versions: Versions,
  results: SearchResults | null,
): Expansion {
  const { halving, sample, name } = definition;
  const read: ReadStage = results?.read ?? (() => null);
  const cells = new CellTasks(definition, versions);
  const space = sampledSettings(definition);
  if (sample?.method === 'tpe' && space.length > 0) {
    const fixed = cells.add(cellsOf(definition, [])).map(([task]) => task);
    const tasksOf = (points: readonly SettingValues[]) => {
      const found = cells.ofPoints(canonicalPoints(definition, points));
      for (const tasks of found) assertSameSettings(definition, tasks);
      return found;
    };
    const stages = tpeStages(sample, space, tasksOf, read);
    const { skipped } = cells.finish();
    assertMetric(definition, 'sample', sample.metric, stages.stages, results);
    const tasks = distinct([...fixed, ...tasksOfStages(stages.stages)]);
    return {
      tasks,
      skipped,
      search: { method: 'tpe', part: name, metric: sample.metric, goal: sample.goal, ...stages },
    };
  }
  const ladders = cells.add(cellsOf(definition, drawPoints(definition)));
  const { skipped } = cells.finish();
  if (halving === null) return { tasks: ladders.map(([task]) => task), skipped, search: null };
  const stages = halvingStages(
    halving,
    candidatesOf(ladders),
    // All tasks of a rung share one estimate, so a single candidate that starts each rung from scratch decides it.
    definition.experiment.continuation === 'steps' && ladders.every(([task]) => trajectoryKey(task) !== null),
    read,
  );
  const { metric, goal } = halving;
  assertMetric(definition, 'halving', metric, stages.stages, results);
  return {
    tasks: tasksOfStages(stages.stages),
    skipped,
    search: { method: 'halving', part: name, metric, goal, ...stages },
  };
}

function assertMetric(
  { source, experiment }: SweepDefinition,
  key: 'halving' | 'sample',
  metric: string,
  stages: readonly Stage[],
  results: SearchResults | null,
): void {
  const task = stages.flatMap(({ candidates }) => candidates.flat())[0];
  if (results === null || task === undefined) return;
  const names = results.metricsOf(task);
  if (names.includes(metric)) return;
  const message = `${metric}: ${unknownName(metric, names, `metric of ${experiment.name}`)}`;
  throwProblems(source, [{ path: [key, 'metric'], message }]);
}

/** Asserts that the tasks of a point of TPE differ only in their seeds, so that their mean belongs to settings that can be shown. */
function assertSameSettings({ source, experiment }: SweepDefinition, tasks: readonly Task[]): void {
  const name = varyingSettings(tasks).find((setting) => experiment.display[setting]?.role !== 'seed');
  if (name === undefined) return;
  const message =
    `tpe compares points whose tasks differ only in their seeds, but here they also differ in ${name}: ` +
    `put ${name} in \`space\`, or give it one value`;
  throwProblems(source, [{ path: ['sample', 'method'], message }]);
}

/** The task of a cell, or its task in each rung, from the lowest. */
type Ladder = readonly [Task, ...Task[]];

/** Turns cells into tasks, and collects their problems. */
class CellTasks {
  readonly #definition: SweepDefinition;
  readonly #versions: Versions;
  /** The values that replace those of each cell, once per rung. */
  readonly #rungs: readonly [SettingValues, ...SettingValues[]];
  readonly #ids = new Set<string>();
  readonly #problems: Problem[] = [];
  readonly #notAllowed: Problem[] = [];
  #skippedCells = 0;
  #duplicates = 0;

  constructor(definition: SweepDefinition, versions: Versions) {
    this.#definition = definition;
    this.#versions = versions;
    const [first, ...others] = definition.halving === null ? [] : rungBudgets(definition.halving);
    this.#rungs = first === undefined ? [{}] : [{ steps: first }, ...others.map((steps) => ({ steps }))];
  }

  /** Returns the tasks of the cells that are valid and no duplicates. */
  add(cells: Iterable<Cell>): Ladder[] {
    const ladders: Ladder[] = [];
    for (const cell of cells) {
      const ladder = this.#ladder(cell);
      if (ladder === null) continue;
      if (!this.#ids.has(ladder[0].id)) ladders.push(ladder);
      else if (this.#definition.sample === null)
        this.#problems.push(...duplicateCell(this.#definition, cell));
      else this.#duplicates++;
      this.#ids.add(ladder[0].id);
    }
    return ladders;
  }

  /** Returns the tasks of each point, also those that are the same as a task of an earlier point. */
  ofPoints(points: readonly SettingValues[]): Task[][] {
    const found: Task[][] = points.map(() => []);
    for (const cell of cellsOf(this.#definition, points)) {
      const ladder = cell.point === null ? null : this.#ladder(cell);
      if (cell.point === null || ladder === null) continue;
      found[cell.point]?.push(ladder[0]);
      if (this.#ids.has(ladder[0].id)) this.#duplicates++;
      this.#ids.add(ladder[0].id);
    }
    return found;
  }

  /** @throws InputError with the problems of all cells */
  finish(): { readonly skipped: SkippedCells } {
    const problems = this.#ids.size === 0 ? [...this.#problems, ...this.#notAllowed] : this.#problems;
    throwProblems(this.#definition.source, problems);
    const example = this.#notAllowed[0]?.message ?? null;
    return { skipped: { notAllowed: this.#skippedCells, example, duplicates: this.#duplicates } };
  }

  #ladder(cell: Cell): Ladder | null {
    const [first, ...others] = this.#rungs;
    const lowest = this.#task(cell, first);
    if (lowest === null) return null;
    const ladder: [Task, ...Task[]] = [lowest];
    for (const rung of others) {
      const task = this.#task(cell, rung);
      if (task === null) return null;
      ladder.push(task);
    }
    return ladder;
  }

  #task(cell: Cell, rung: SettingValues): Task | null {
    const { experiment } = this.#definition;
    const values = { ...cell.values, ...rung };
    const absent = missing(this.#definition, { ...cell, values });
    this.#problems.push(...absent);
    if (absent.length > 0) return null;
    const settings = experiment.resolve(values);
    const found = experiment
      .problems(values, settings)
      .map((problem) => locate(problem, this.#definition, cell));
    if (found.length === 0) return identify(settings, this.#versions);
    if (cell.point === null) this.#problems.push(...found);
    else {
      this.#skippedCells++;
      if (this.#notAllowed.length === 0) this.#notAllowed.push(...found);
    }
    return null;
  }
}

/** Groups the cells that differ only in their seeds, and returns the tasks of each group in each rung. */
function candidatesOf(ladders: readonly Ladder[]): (readonly Task[])[][] {
  const groups = new Map<string, Ladder[]>();
  for (const ladder of ladders) {
    const key = settingsKey(ladder[0]);
    groups.set(key, [...(groups.get(key) ?? []), ladder]);
  }
  return [...groups.values()].map((seeds) =>
    (seeds[0] ?? []).map((_, rung) => seeds.flatMap((ladder) => ladder[rung] ?? [])),
  );
}

function tasksOfStages(stages: readonly Stage[]): Task[] {
  return distinct(stages.flatMap(({ candidates }) => candidates.flat()));
}

function distinct(tasks: readonly Task[]): Task[] {
  return [...new Map(tasks.map((task) => [task.id, task])).values()];
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

function pathOf(name: string, definition: SweepDefinition, { values, included }: Cell): SourcePath | null {
  const { include, grid, settings, space } = definition;
  if (included !== null && Object.hasOwn(include[included] ?? {}, name)) return ['include', included, name];
  const value = values[name];
  if (value !== undefined && grid[name] !== undefined) return ['grid', name, grid[name].indexOf(value)];
  if (Object.hasOwn(settings, name)) return ['settings', name];
  return space.some((setting) => setting.name === name) ? ['space', name] : null;
}

function placeOf(included: number | null): SourcePath {
  return included === null ? [] : ['include', included];
}
