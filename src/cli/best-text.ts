import { bestTable } from '../report/search/best-table.js';
import type { Comparison } from '../report/search/compared.js';
import { importanceTable } from '../report/search/importance-table.js';
import { searchedSettings } from '../report/search/searched-settings.js';
import type { Table } from '../report/tables/table.js';
import { columns } from './grid.js';

/** Returns the best settings of each comparison, and how much the metric depends on each setting. */
export function bestText(comparisons: readonly Comparison[]): string {
  return comparisons
    .map((comparison) => {
      const best = bestTable(comparison);
      if (best.body.length === 0) return `${best.title}: none yet.\n`;
      const importance = importanceTable(comparison, searchedSettings(comparison));
      return [best, ...(importance === null ? [] : [importance])].map(tableText).join('\n');
    })
    .join('\n');
}

function tableText({ title, head, body, notes }: Table): string {
  return `${title}:\n${columns([head, ...body])}${notes.map((note) => `${note}\n`).join('')}`;
}
