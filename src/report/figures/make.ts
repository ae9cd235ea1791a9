import type { ReportContribution } from '../contribution.js';
import type { PartRuns, Run } from '../runs.js';
import { InputError } from '../../errors.js';
import { summary } from '../../input/problems.js';
import { seedOf } from '../../task/settings.js';
import { toCells, type Cell } from '../cells.js';
import type { Figure, FigureDefinition } from './figure.js';
import { cellLabel } from './naming.js';
import { figuresOf } from './registry.js';
import { toFigure } from './to-figure.js';

/** Cells with missing runs; a caption is no list. */
const MAX_NAMED = 20;

export interface FigureOptions {
  /** Of the runs whose points are shown. Default: of each cell the first that has finished. */
  readonly seed?: number | undefined;
}

export interface FigureSet {
  readonly figures: readonly Figure[];
  /** Why each of the other figures could not be made. */
  readonly notes: readonly string[];
}

/** The figures of a sweep, finished or in progress, made of those of their runs that have finished. */
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
  if (seed !== undefined) refuseUnknownSeed(parts, seed);
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

/** The figure, or why it can't be made. */
function drawFigure(definition: FigureDefinition, cells: readonly Cell[]): Figure | string {
  const { name, title, kind } = definition;
  const finished = cells.filter(({ runs }) => runs.length > 0);
  if (finished.length === 0) return `${title}: none of its runs has finished.`;
  const drawing = definition.draw(finished);
  if (drawing.rows.length === 0) return `${title}: not defined for these runs.`;
  const caption = [
    definition.caption,
    ...(kind === 'points' ? shownRuns(finished) : []),
    ...missingRuns(cells),
    ...drawing.notes,
  ].join(' ');
  return toFigure({ name, title, caption }, drawing);
}

/** The cell with the one run that stands for it: the seed's, or the first where no seed is asked for or the cell has none. */
function oneRun(cell: Cell, seed: number | undefined): Cell {
  const isFirst = seed === undefined || seedOf(cell.settings) === null;
  const isWanted = ({ task }: Pick<Run, 'task'>) =>
    isFirst ? task.id === cell.asked[0]?.id : seedOf(task.settings) === seed;
  const candidates = isFirst ? cell.runs : cell.runs.filter(isWanted);
  return { ...cell, runs: candidates.slice(0, 1), missing: cell.missing.filter(isWanted) };
}

/** As `Shown: seed 69.`, by panel where they differ; nothing where there are no seeds. */
function shownRuns(cells: readonly Cell[]): string[] {
  const labels = cells.map(({ runs, label }) => runs.map(({ task }) => label(task)).join());
  const [first = ''] = labels;
  if (labels.some((label) => label !== first))
    return [
      `Shown: ${cells.map((cell, index) => `${cellLabel(cells, cell)}: ${labels[index] ?? ''}`).join('; ')}.`,
    ];
  return first === '' ? [] : [`Shown: ${first}.`];
}

/** As `Missing: 2-16-8 (seed 69, seed 24); 4-10-10 (seed 24).` */
function missingRuns(cells: readonly Cell[]): string[] {
  const missing = cells
    .filter(({ missing }) => missing.length > 0)
    .map((cell) => {
      const runs = cell.missing.map(({ task }) => cell.label(task)).filter((label) => label !== '');
      return `${cellLabel(cells, cell)}${runs.length === 0 ? '' : ` (${summary(runs)})`}`;
    });
  if (missing.length === 0) return [];
  const others = missing.length - MAX_NAMED;
  const more = others > 0 ? ` and ${others} more` : '';
  return [`Missing: ${missing.slice(0, MAX_NAMED).join('; ')}${more}.`];
}

function refuseUnknownSeed(parts: readonly PartRuns[], seed: number): void {
  const all = parts.flatMap(({ part }) => part.tasks.map(({ settings }) => seedOf(settings)));
  const seeds = [...new Set(all.filter((each) => each !== null))];
  if (seeds.includes(seed)) return;
  const known =
    seeds.length === 0 ? 'these experiments have no seeds' : `there is ${summary(seeds.map(String))}`;
  throw new InputError(`--seed ${seed}: no run has it; ${known}`);
}
