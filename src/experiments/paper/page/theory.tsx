import type { Statement } from '../statements/statement.js';
import { Exceptions } from './claims.js';
import { Figures, Grid, Notes, type PageFigure } from '../../../report/page/parts.js';

/** A statement of the paper with its explanation and its verdict. */
export interface PageStatement extends Omit<Statement, 'draw'> {
  readonly figures: readonly PageFigure[];
  readonly figureNotes: readonly string[];
}

export function Theory({ statements }: { statements: readonly PageStatement[] }) {
  return (
    <>
      <p>
        Notation: the data have r* dimensions and lie in a space of d dimensions; the model has r latents.
        Linear data are x = Az. A linear VAE has the decoder Ã, the encoder B̃, the encoder variances D̃ and the
        decoder variance ε̃². |·|² of a matrix is the sum of its squared entries.
      </p>
      {statements.map((statement) => (
        <StatementText key={statement.name} {...statement} />
      ))}
    </>
  );
}

function StatementText(statement: PageStatement) {
  const { name, title, explanation, findings, outcome, verdict, notes, exceptions, tables, runs } = statement;
  return (
    <section id={name}>
      <h3>{title}</h3>
      <p>{explanation.join(' ')}</p>
      <article class="claim" data-outcome={outcome}>
        <p>
          <span class="outcome">{outcome}</span> {verdict}.
        </p>
        {notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
        <Exceptions runs={exceptions} />
      </article>
      <Notes notes={findings} />
      <Figures figures={statement.figures} />
      <Notes notes={statement.figureNotes} />
      {tables.map((table) => (
        <Grid key={table.name} table={table} />
      ))}
      {runs && (
        <details>
          <summary>All tasks</summary>
          <Grid table={runs} />
        </details>
      )}
    </section>
  );
}
