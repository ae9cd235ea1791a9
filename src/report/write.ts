import { readFileSync } from 'node:fs';
import path from 'node:path';
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

/** Writes the page, and its tables and figures as files. @returns the page's path */
export async function writeReport(report: Report, { folder, seed, command }: ReportTarget): Promise<string> {
  writeTables(tablesOf(report), path.join(folder, 'tables'));
  const pictures = path.join(folder, 'figures');
  const draw = (figures: readonly Figure[]) => drawFigures(figures, pictures);
  const { figures, notes } = makeFigures(report.parts, report.contributions, { seed });
  const sections: PageSection[] = [];
  for (const section of report.sections) sections.push({ ...section, content: await section.render(draw) });
  const content = {
    ...contentOf(report),
    sections,
    command,
    figures: await draw(figures),
    figureNotes: notes,
  };
  const page = path.join(folder, 'report.html');
  writeFileDurably(page, renderPage(content));
  return page;
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
