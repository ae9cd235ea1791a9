import { readFileSync } from 'node:fs';
import path from 'node:path';
import { writeFileDurably } from '../store/files.js';
import { isTraining } from '../sweep/task.js';
import { makeFigures } from './figures/make.js';
import { writeFigures } from './figures/write.js';
import { renderPage } from './page/page.js';
import { tablesOf, type Report } from './report.js';
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
  const { figures, notes } = makeFigures(report.parts, { seed });
  const pictures = path.join(folder, 'figures');
  await writeFigures(figures, pictures);
  const drawn = figures.map(({ name, title, caption }) => ({
    name,
    title,
    caption,
    svg: readFileSync(path.join(pictures, `${name}.svg`), 'utf8'),
  }));
  const page = path.join(folder, 'report.html');
  writeFileDurably(page, renderPage({ ...contentOf(report), command, figures: drawn, figureNotes: notes }));
  return page;
}

function contentOf({ sweep, parts, sections, verdicts, deviations }: Report) {
  const tasks = sweep.tasks.filter(isTraining);
  const [first] = tasks;
  const { tensorflow, numerics } = first?.versions ?? { tensorflow: '', numerics: '' };
  const missing = parts.flatMap((part) => part.missing);
  return {
    title: sweep.title ?? sweep.name,
    versions: `TensorFlow ${tensorflow}, numerics ${numerics}`,
    finished: tasks.length - missing.length,
    asked: tasks.length,
    missing: missing.map(({ task, reason }) => ({ name: task.name, reason })),
    verdicts,
    deviations,
    sections: sections.map(({ title, means, runs, collapse }) => ({ title, tables: means, runs, collapse })),
    explainsSigmoidError: parts.some(({ part }) => part.table === 'table2' || part.table === 'table4'),
  };
}
