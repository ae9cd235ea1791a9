import { readFileSync } from 'node:fs';
import path from 'node:path';
import { missingPackages } from '../input/optional-packages.js';
import { writeFileDurably } from '../store/files.js';
import type { Figure } from './figures/figure.js';
import { describeVersions } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { makeFigures } from './figures/make.js';
import { writeFigures } from './figures/write.js';
import { renderPage, type PageSection } from './page/page.js';
import type { PageFigure } from './page/parts.js';
import { missingRuns, tablesOf, type Report } from './report.js';
import { summarize } from './summary.js';
import { writeTables } from './tables/write-tables.js';

interface ReportTarget {
  /** Folder of the page. Its subfolders `tables/` and `figures/` get the tables and figures. */
  readonly folder: string;
  /** Seed of the tasks that figures of points show. Default: the first. */
  readonly seed: number | undefined;
  /** The command that creates the report, as the page shows it. */
  readonly command: string;
}

export interface WrittenReport {
  /** The page's path. */
  readonly page: string;
  /** Why the report has no figures; null if it has them. */
  readonly withoutFigures: string | null;
}

/** Writes the page, and its tables and figures as files. Without the optional packages that draw, there are no figures. */
export async function writeReport(
  report: Report,
  { folder, seed, command }: ReportTarget,
): Promise<WrittenReport> {
  writeTables(tablesOf(report), path.join(folder, 'tables'));
  const pictures = path.join(folder, 'figures');
  const missing = missingPackages('figures');
  const withoutFigures = missing === null ? null : `figures need ${missing}`;
  const draw = async (figures: readonly Figure[]) =>
    withoutFigures === null ? drawFigures(figures, pictures) : [];
  const { figures, notes } = makeFigures(report.parts, report.contributions, { seed });
  const sections: PageSection[] = [];
  for (const section of report.sections) sections.push({ ...section, content: await section.render(draw) });
  const content = {
    ...contentOf(report),
    sections,
    command,
    figures: await draw(figures),
    figureNotes: withoutFigures === null ? notes : [`Left out: ${withoutFigures}`, ...notes],
  };
  const page = path.join(folder, 'report.html');
  writeFileDurably(page, renderPage(content));
  return { page, withoutFigures };
}

/** Writes the figures and returns them for the page. */
async function drawFigures(figures: readonly Figure[], folder: string): Promise<PageFigure[]> {
  await writeFigures(figures, folder);
  return figures.map(({ name, title, caption }) => ({
    name,
    title,
    caption,
    svg: readFileSync(path.join(folder, `${name}.svg`), 'utf8'),
  }));
}

function contentOf(report: Report) {
  const { sweep, parts, partTables } = report;
  const { tasks } = sweep;
  const missing = missingRuns(parts);
  return {
    title: sweep.title ?? sweep.name,
    versions: [...new Set(tasks.map(versionsText))].join('; '),
    summary: summarize(report),
    missing: missing.map(({ task, reason }) => ({ name: task.name, reason })),
    parts: partTables,
  };
}

function versionsText(task: Task): string {
  return describeVersions(task).join(', ');
}
