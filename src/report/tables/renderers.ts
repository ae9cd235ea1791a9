import { tableFromArrays, tableToIPC } from 'apache-arrow';
import CliTable from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import { markdownTable } from 'markdown-table';
import type { Table } from './table.js';

/** Renders a table for a terminal. */
export function toTerminal({ title, head, body, notes }: Table): string {
  const grid = new CliTable({ head: [...head], style: { head: [], border: [] }, chars: NO_INNER_LINES });
  grid.push(...body.map((row) => [...row]));
  return [title, grid.toString(), ...notes].join('\n');
}

const NO_INNER_LINES = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

/** Renderers of a table's files, by file extension. */
export const fileRenderers: Readonly<Record<string, (table: Table) => string | Uint8Array>> = {
  md: toMarkdown,
  csv: ({ records }) => stringify([...records], { header: true }),
  tex: toLatex,
  arrow: toArrow,
};

function toMarkdown({ title, caption, head, body, notes }: Table): string {
  const align = head.map((_, column) => (column === 0 ? 'l' : 'r'));
  const grid = markdownTable([head, ...body], { align });
  const list = notes.length === 0 ? '' : `\n${notes.map((note) => `- ${note}\n`).join('')}`;
  return `# ${title}\n\n${caption}\n\n${grid}\n${list}`;
}

function toLatex({ title, caption, head, body, notes }: Table): string {
  const line = (cells: readonly string[]) => `${cells.map(escapeLatex).join(' & ')} \\\\`;
  return [
    `% ${title}`,
    `% ${caption}`,
    `\\begin{tabular}{l${'r'.repeat(head.length - 1)}}`,
    '\\toprule',
    line(head),
    '\\midrule',
    ...body.map(line),
    '\\bottomrule',
    '\\end{tabular}',
    ...notes.map((note) => `% ${note}`),
    '',
  ].join('\n');
}

function escapeLatex(text: string): string {
  return text
    .replace(/[#%&_$]/g, '\\$&')
    .replaceAll('^', '\\textasciicircum{}')
    .replaceAll('~', '\\textasciitilde{}')
    .replaceAll('−', '$-$')
    .replaceAll('∞', '$\\infty$')
    .replaceAll('±', '$\\pm$')
    .replaceAll('≥', '$\\geq$')
    .replaceAll('–', '--');
}

function toArrow({ records }: Table): Uint8Array {
  const names = Object.keys(records[0] ?? {});
  const columns = names.map((name) => [name, records.map((record) => record[name] ?? null)] as const);
  return tableToIPC(tableFromArrays(Object.fromEntries(columns)), 'file');
}
