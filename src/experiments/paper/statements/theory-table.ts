import type { Table } from '../../../report/tables/table.js';
import type { Statement } from './statement.js';

/** The verdicts as a table. */
export function theoryTable(statements: readonly Statement[]): Table {
  return {
    name: 'theory',
    title: 'Theory',
    caption: 'What the paper states, and what the computations say of it.',
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

/** The verdict on a statement for a terminal. */
export function lineOf({ outcome, title, verdict, notes }: Statement): string {
  return [`${outcome}: ${title}. ${verdict}.`, ...notes].join(' ');
}
