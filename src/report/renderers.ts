import { tableFromArrays, tableToIPC } from 'apache-arrow';
import CliTable from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import { markdownTable } from 'markdown-table';
import { textRows } from './format.js';
import type { Table } from './table.js';

const HEADER = 'intrinsic-ambient-latent';

/** For a terminal: means and spread over seeds, the paper's numbers beneath. */
export function toTerminal(table: Table): string {
  const grid = new CliTable({ head: [HEADER, ...headers(table)], style: { head: [], border: [] } });
  grid.push(...textRows(table));
  return [table.title, grid.toString(), ...table.notes].join('\n');
}

/** The files of a table, by extension. */
export const fileRenderers: Readonly<Record<string, (table: Table) => string | Uint8Array>> = {
  md: toMarkdown,
  csv: (table) => stringify(tidyRows(table), { header: true }),
  tex: toLatex,
  arrow: toArrow,
};

function toMarkdown(table: Table): string {
  const grid = markdownTable([[HEADER, ...headers(table)], ...textRows(table)], {
    align: ['l', ...headers(table).map(() => 'r')],
  });
  const notes = table.notes.map((note) => `\n- ${note}`).join('');
  return `# ${table.title}\n\nMean ± standard deviation over seeds.\n\n${grid}\n${notes === '' ? '' : `${notes}\n`}`;
}

function toLatex(table: Table): string {
  const line = (cells: readonly string[]) => `${cells.map(escapeLatex).join(' & ')} \\\\`;
  return [
    `% ${table.title}`,
    `\\begin{tabular}{l${'r'.repeat(table.columns.length)}}`,
    '\\toprule',
    line([HEADER, ...headers(table)]),
    '\\midrule',
    ...textRows(table).map(line),
    '\\bottomrule',
    '\\end{tabular}',
    ...table.notes.map((note) => `% ${note}`),
    '',
  ].join('\n');
}

function escapeLatex(text: string): string {
  return text
    .replace(/[#%&_$]/g, '\\$&')
    .replaceAll('^', '\\textasciicircum{}')
    .replaceAll(' ± ', ' $\\pm$ ')
    .replaceAll('–', '--');
}

/** One row a cell and metric, numbers unrounded. */
function tidyRows({ rows, columns }: Table) {
  return rows.flatMap(({ metric, values }) =>
    columns.map(({ cell }, index) => {
      const { measured = null, printed = null } = values[index] ?? {};
      const { intrinsicDim, ambientDim, latentDim, decoderLogVarianceThreshold } = cell.settings;
      return {
        intrinsicDim,
        ambientDim,
        latentDim,
        decoderLogVarianceThreshold,
        column: columns[index]?.header ?? '',
        metric,
        mean: measured?.mean ?? null,
        standardDeviation: measured?.standardDeviation ?? null,
        seedsFinished: cell.seedsFinished.length,
        seedsAsked: cell.seedsAsked.length,
        printed,
        runs: (measured?.values ?? [])
          .map(({ seed, value }) => `${String(seed)}: ${String(value)}`)
          .join('; '),
      };
    }),
  );
}

function toArrow(table: Table): Uint8Array {
  const rows = tidyRows(table);
  const [first] = rows;
  const names = Object.keys(first ?? {}) as (keyof NonNullable<typeof first>)[];
  const columns = Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
  return tableToIPC(tableFromArrays(columns), 'file');
}

function headers({ columns }: Table): string[] {
  return columns.map(({ header }) => header);
}
