import { readFileSync } from 'node:fs';
import path from 'node:path';
import { writeFileDurably } from '../store/files.js';
import type { Figure } from './figures/figure.js';
import { describeVersions } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { makeFigures } from './figures/make.js';
import { writeFigures } from './figures/write.js';
import { renderPage, type PageOwnSection } from './page/page.js';
import type { PageFigure } from './page/parts.js';
import type { PageStatement } from '../experiments/paper/page/theory.js';
import type { OwnSection } from '../experiments/vae/plugins/sections.js';
import { tablesOf, type Report } from './report.js';
import type { Statement } from '../experiments/paper/statements/statement.js';
import { writeTables } from './tables/write-tables.js';

interface ReportPlace {
  /** Of the page; the tables lie in its `tables/`, the figures in `figures/`. */
  readonly folder: string;
  /** Which run the figures of single runs show, or the first. */
  readonly seed: number | undefined;
  /** What makes the report, as it is shown in it. */
  readonly command: string;
}

/** Writes the page, and its tables and figures as files. @returns the page's path */
export async function writeReport(report: Report, { folder, seed, command }: ReportPlace): Promise<string> {
  writeTables(tablesOf(report), path.join(folder, 'tables'));
  const pictures = path.join(folder, 'figures');
  const { figures, notes } = makeFigures(report.parts, { seed });
  const theory = await drawTheory(report.theory, pictures);
  const drawn = await draw(figures, pictures);
  const own = await drawOwn(report.own, pictures);
  const page = path.join(folder, 'report.html');
  writeFileDurably(
    page,
    renderPage({ ...contentOf(report), theory, own, command, figures: drawn, figureNotes: notes }),
  );
  return page;
}

async function drawTheory(statements: readonly Statement[], folder: string): Promise<PageStatement[]> {
  const drawn: PageStatement[] = [];
  for (const statement of statements) {
    const { figures, notes } = statement.draw();
    drawn.push({ ...statement, figures: await draw(figures, folder), figureNotes: notes });
  }
  return drawn;
}

async function drawOwn(sections: readonly OwnSection[], folder: string): Promise<PageOwnSection[]> {
  const drawn: PageOwnSection[] = [];
  for (const { table, figure } of sections)
    drawn.push({ table, figures: await draw(figure === null ? [] : [figure], folder) });
  return drawn;
}

/** Writes the figures, and reads them for the page. */
async function draw(figures: readonly Figure[], folder: string): Promise<PageFigure[]> {
  await writeFigures(figures, folder);
  return figures.map(({ name, title, caption }) => ({
    name,
    title,
    caption,
    svg: readFileSync(path.join(folder, `${name}.svg`), 'utf8'),
  }));
}

function contentOf({ sweep, parts, sections, verdicts, deviations, missingComputations }: Report) {
  const { tasks } = sweep;
  const missing = [...parts.flatMap((part) => part.missing), ...missingComputations];
  return {
    title: sweep.title ?? sweep.name,
    versions: [...new Set(tasks.map(versionsText))].join('; '),
    finished: tasks.length - missing.length,
    asked: tasks.length,
    missing: missing.map(({ task, reason }) => ({ name: task.name, reason })),
    verdicts,
    deviations,
    sections: sections.map(({ title, means, runs, collapse }) => ({ title, tables: means, runs, collapse })),
    explainsSigmoidError: parts.some(({ part }) => part.table === 'table2' || part.table === 'table4'),
  };
}

function versionsText(task: Task): string {
  return describeVersions(task).join(', ');
}
