import type { Table } from '../../../report/tables/table.js';
import type { Statement } from './statement.js';

/** Returns the verdicts as a table. */
export function theoryTable(statements: readonly Statement[]): Table {
  return {
    name: 'theory',
    title: 'Theory',
    caption: 'The statements of the paper, and the results of the computations.',
    head: ['statement', 'verdict', 'found'],
    body: statements.map(({ title, outcome, verdict }) => [title, outcome, verdict]),
    notes: statements.flatMap(({ title, exceptions }) =>
      exceptions.length === 0 ? [] : [`${title} is refuted by ${exceptions.join('; ')}`],
    ),
    records: statements.map(({ name, title, outcome, verdict, notes }) => ({
      statement: name,
      title,
      verdict: outcome,
      found: verdict,
      notes: notes.join(' '),
    })),
  };
}

/** Returns the verdict on a statement as a line for the terminal. */
export function verdictLineOf({ outcome, title, verdict, notes }: Statement): string {
  return [`${outcome}: ${title}. ${verdict}.`, ...notes].join(' ');
}
