import { z } from 'zod';
import { finalNumber, series } from '../../../report/runs.js';
import { readPoints, type TrainingRun, type TrainingRuns } from '../runs.js';
import { InputError } from '../../../errors.js';
import type { PluginReport, PluginRun, PluginSection } from './plugin.js';
import { pluginReports } from './installed.js';
import type { Figure, Panel } from '../../../report/figures/figure.js';
import { toFigure } from '../../../report/figures/to-figure.js';
import type { Table } from '../../../report/tables/table.js';

/** A plugin's section of a report. */
export interface RenderedSection {
  readonly table: Table;
  readonly figure: Figure | null;
}

const MAX_ROWS = 100_000;
const DIGITS = 4;

const sectionSchema = z.strictObject({
  caption: z.string().min(1).max(1_000),
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))).max(MAX_ROWS),
  view: z.record(z.string(), z.unknown()).optional(),
});

/** Returns the sections of all plugins for the sweep's finished tasks. */
export function pluginSections(parts: readonly TrainingRuns[]): RenderedSection[] {
  const runs = parts.flatMap((part) => part.runs).map(toPluginRun);
  return pluginReports().map((report) => toSection(report, make(report, runs)));
}

function make(report: PluginReport, runs: readonly PluginRun[]): PluginSection {
  try {
    return sectionSchema.parse(report.make(runs));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new InputError(`the plugin report ${report.name} failed: ${reason.replace(/\s+/g, ' ')}`, {
      cause: error,
    });
  }
}

function toSection({ name, title }: PluginReport, { caption, rows, view }: PluginSection): RenderedSection {
  const [first] = rows;
  if (first === undefined) return { table: emptyTable({ name, title, caption }), figure: null };
  const head = Object.keys(first);
  const body = rows.map((row) => head.map((key) => cellText(row[key] ?? null)));
  const table = { name, title, caption, head, body, notes: [], records: rows };
  if (view === undefined) return { table, figure: null };
  return {
    table,
    figure: toFigure({ name, title, caption }, { rows, panels: [[view as unknown as Panel]], notes: [] }),
  };
}

function emptyTable(about: Pick<Table, 'name' | 'title' | 'caption'>): Table {
  return { ...about, head: ['no rows'], body: [], notes: ['There are no rows yet.'], records: [] };
}

function cellText(value: string | number | null): string {
  if (value === null) return '';
  return typeof value === 'number' ? String(Number(value.toPrecision(DIGITS))) : value;
}

function toPluginRun(run: TrainingRun): PluginRun {
  return {
    settings: run.task.settings,
    final: (metric) => finalNumber(run, metric),
    series: (metric) => series(run, metric),
    points: () => readPoints(run),
  };
}
