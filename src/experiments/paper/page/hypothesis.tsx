import type { Examined } from '../beyond/examine.js';
import { Figures, Grid, type PageFigure } from '../../../report/page/parts.js';

/** A hypothesis with its outcome, its numbers and its figure. */
export function HypothesisText({
  examined: { hypothesis, outcome, detail, table },
  figures,
}: {
  examined: Examined;
  figures: readonly PageFigure[];
}) {
  return (
    <>
      <p>{hypothesis.background}</p>
      <article class="claim" data-outcome={outcome}>
        <p>
          <span class="outcome">{outcome}</span> {detail}.{' '}
          <span class="muted">Tested: {hypothesis.test}.</span>
        </p>
      </article>
      <Figures figures={figures} />
      <Grid table={table} />
    </>
  );
}
