import type { ReportContribution } from '../contribution.js';
import type { PartRuns, Run } from '../runs.js';
import { InputError } from '../../errors.js';
import { joinTruncated } from '../../input/problems.js';
import { seedOf } from '../../task/settings.js';
import { toCells, type Cell } from '../cells.js';
import type { Figure, FigureDefinition } from './figure.js';
import { cellLabel } from './naming.js';
import { figuresOf } from './registry.js';
import { toFigure } from './to-figure.js';

/** Maximum number of cells with missing tasks that a caption names. */
const MAX_NAMED = 20;

export interface FigureOptions {
  /** Seed of the tasks that figures of points show. Default: each cell's first task. */
  readonly seed?: number | undefined;
}

export interface FigureSet {
  readonly figures: readonly Figure[];
  /** For each figure that could not be drawn, the reason. */
  readonly notes: readonly string[];
}

/** Draws the figures of a sweep, finished or in progress, from its finished tasks. */
export function makeFigures(
  parts: readonly PartRuns[],
  contributions: readonly ReportContribution[],
  options: FigureOptions,
): FigureSet {
  return drawFigures(figuresOf(parts, contributions), parts, options);
}

export function drawFigures(
  definitions: readonly FigureDefinition[],
  parts: readonly PartRuns[],
  { seed }: FigureOptions,
): FigureSet {
  if (seed !== undefined) assertSeedExists(parts, seed);
  const all = parts.flatMap(toCells);
  const results = definitions.map((definition) => {
    const cells = definition.select(all);
    return drawFigure(
      definition,
      definition.kind === 'points' ? cells.map((cell) => oneRun(cell, seed)) : cells,
    );
  });
  return {
    figures: results.filter((result) => typeof result !== 'string'),
    notes: results.filter((result) => typeof result === 'string'),
  };
}

/** Returns the figure, or the reason why it can't be drawn. */
function drawFigure(definition: FigureDefinition, cells: readonly Cell[]): Figure | string {
  const { name, title, kind } = definition;
  const finished = cells.filter(({ runs }) => runs.length > 0);
  if (finished.length === 0) return `${title}: none of its tasks is done.`;
  const drawing = definition.draw(finished);
  if (drawing.rows.length === 0) return `${title}: these tasks logged no values for it.`;
  const caption = [
    definition.caption,
    ...(kind === 'points' ? shownRuns(finished) : []),
    ...missingRuns(cells),
    ...drawing.notes,
  ].join(' ');
  return toFigure({ name, title, caption }, drawing);
}

/** Returns the cell with a single task: that of the seed, or the first task if no seed is given or the cell has none. */
function oneRun(cell: Cell, seed: number | undefined): Cell {
  const isFirst = seed === undefined || seedOf(cell.settings) === null;
  const isWanted = ({ task }: Pick<Run, 'task'>) =>
    isFirst ? task.id === cell.tasks[0]?.id : seedOf(task.settings) === seed;
  const candidates = isFirst ? cell.runs : cell.runs.filter(isWanted);
  return { ...cell, runs: candidates.slice(0, 1), missing: cell.missing.filter(isWanted) };
}

/** Returns, for example, `Shown: seed 69.`, per panel if they differ; empty if there are no seeds. */
function shownRuns(cells: readonly Cell[]): string[] {
  const labels = cells.map(({ runs, label }) => runs.map(({ task }) => label(task)).join());
  const [first = ''] = labels;
  if (labels.some((label) => label !== first))
    return [
      `Shown: ${cells.map((cell, index) => `${cellLabel(cells, cell)}: ${labels[index] ?? ''}`).join('; ')}.`,
    ];
  return first === '' ? [] : [`Shown: ${first}.`];
}

/** Returns, for example, `Missing: 2-16-8 (seed 69, seed 24); 4-10-10 (seed 24).` */
function missingRuns(cells: readonly Cell[]): string[] {
  const missing = cells
    .filter(({ missing }) => missing.length > 0)
    .map((cell) => {
      const runs = cell.missing.map(({ task }) => cell.label(task)).filter((label) => label !== '');
      return `${cellLabel(cells, cell)}${runs.length === 0 ? '' : ` (${joinTruncated(runs)})`}`;
    });
  if (missing.length === 0) return [];
  const others = missing.length - MAX_NAMED;
  const more = others > 0 ? ` and ${others} more` : '';
  return [`Missing: ${missing.slice(0, MAX_NAMED).join('; ')}${more}.`];
}

function assertSeedExists(parts: readonly PartRuns[], seed: number): void {
  const all = parts.flatMap(({ part }) => part.tasks.map(({ settings }) => seedOf(settings)));
  const seeds = [...new Set(all.filter((each) => each !== null))];
  if (seeds.includes(seed)) return;
  const known =
    seeds.length === 0
      ? 'These experiments have no seeds: leave out --seed.'
      : `Expected one of ${joinTruncated(seeds.map(String))}.`;
  throw new InputError(`--seed ${seed}: no task has this seed. ${known}`);
}
