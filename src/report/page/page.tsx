import { render } from 'preact-render-to-string';
import type { Verdict } from '../../experiments/paper/claims/claim.js';
import type { Table } from '../tables/table.js';
import { Figures, Grid, Notes, Part, Titled, type PageFigure } from './parts.js';
import { SIGMOID_ERROR_EXPLANATION } from '../../experiments/paper/page/sigmoid-error.js';
import { STYLE } from './style.js';
import { Theory, type PageStatement } from '../../experiments/paper/page/theory.js';

/** A part's tables of means, and what a click on them shows. */
export interface PageSection {
  readonly title: string;
  readonly tables: readonly Table[];
  readonly runs: Table;
  readonly collapse: Table | null;
}

/** What a plugin adds. */
export interface PageOwnSection {
  readonly table: Table;
  readonly figures: readonly PageFigure[];
}

/** All that the report's page shows. */
export interface PageContent {
  readonly title: string;
  /** How it is made, as `vae-sweep report sweeps/paper.yaml`. */
  readonly command: string;
  /** As `TensorFlow 2.21.0, numerics 1; theory 1`. */
  readonly versions: string;
  readonly finished: number;
  readonly asked: number;
  readonly missing: readonly { readonly name: string; readonly reason: string }[];
  readonly verdicts: readonly Verdict[];
  readonly deviations: Table | null;
  readonly sections: readonly PageSection[];
  /** Empty if the sweep has no runs about the theory. */
  readonly theory: readonly PageStatement[];
  /** Empty without plugins. */
  readonly own: readonly PageOwnSection[];
  readonly figures: readonly PageFigure[];
  /** Figures that could not be made, and why. */
  readonly figureNotes: readonly string[];
  readonly explainsSigmoidError: boolean;
}

/** One HTML page that needs no other file, no script and no network. */
export function renderPage(content: PageContent): string {
  return `<!doctype html>\n${render(<Page {...content} />)}\n`;
}

function Page(content: PageContent) {
  const { title, verdicts, deviations, sections, figures, figureNotes, missing } = content;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <header>
          <h1>{title}</h1>
          <p>
            {content.finished} of {content.asked} runs finished. Made from their Arrow logs by{' '}
            <code>{content.command}</code> ({content.versions}).
          </p>
          <Contents {...content} />
        </header>
        <main>
          {verdicts.length > 0 && <Claims verdicts={verdicts} />}
          {sections.length > 0 && (
            <Part id="tables" title="Tables">
              {sections.map((section) => (
                <Section key={section.title} {...section} />
              ))}
            </Part>
          )}
          {content.own.map(({ table, figures: ownFigures }) => (
            <Part key={table.name} id={table.name} title={table.title}>
              <Grid table={table} />
              <Figures figures={ownFigures} />
            </Part>
          ))}
          {content.theory.length > 0 && <Theory statements={content.theory} />}
          {content.explainsSigmoidError && (
            <Part id="sigmoid-error" title="The printed sigmoid errors">
              {SIGMOID_ERROR_EXPLANATION.map((paragraph) => (
                <p key={paragraph}>{paragraph}</p>
              ))}
            </Part>
          )}
          {deviations && (
            <Part id="deviations" title={deviations.title}>
              <Grid table={deviations} />
            </Part>
          )}
          {(figures.length > 0 || figureNotes.length > 0) && (
            <Part id="figures" title="Figures">
              <Figures figures={figures} />
              <Notes notes={figureNotes} />
            </Part>
          )}
          {missing.length > 0 && (
            <Part id="missing" title="Runs that are missing">
              <Notes notes={missing.map(({ name, reason }) => `${name}: ${reason}`)} />
            </Part>
          )}
        </main>
      </body>
    </html>
  );
}

function Contents(content: PageContent) {
  const { verdicts, sections, theory, deviations, figures, missing, explainsSigmoidError } = content;
  const links: [string, string][] = [];
  if (verdicts.length > 0) links.push(['claims', 'Claims']);
  if (sections.length > 0) links.push(['tables', 'Tables']);
  for (const { table } of content.own) links.push([table.name, table.title]);
  if (theory.length > 0) links.push(['theory', 'Theory']);
  if (explainsSigmoidError) links.push(['sigmoid-error', 'Sigmoid errors']);
  if (deviations) links.push(['deviations', 'Deviations']);
  if (figures.length > 0) links.push(['figures', 'Figures']);
  if (missing.length > 0) links.push(['missing', 'Missing runs']);
  return (
    <nav>
      {links.map(([id, text]) => (
        <a key={id} href={`#${id}`}>
          {text}
        </a>
      ))}
    </nav>
  );
}

function Claims({ verdicts }: { verdicts: readonly Verdict[] }) {
  return (
    <Part id="claims" title="What the paper says in words">
      {verdicts.map(({ claim, outcome, detail, exceptions }) => (
        <article key={claim.name} class="claim" data-outcome={outcome}>
          <h3>
            <span class="outcome">{outcome}</span> {claim.statement}
          </h3>
          <p>
            {detail}.{' '}
            <span class="muted">
              Tested: {claim.test}. Source: {claim.source}.
            </span>
          </p>
          {exceptions.length > 0 && (
            <details>
              <summary>The runs that disagree</summary>
              <Notes notes={exceptions} />
            </details>
          )}
        </article>
      ))}
    </Part>
  );
}

function Section({ title, tables, runs, collapse }: PageSection) {
  return (
    <section>
      {tables.map((table) => (
        <Titled key={table.name} table={table} />
      ))}
      {collapse && <Titled table={collapse} />}
      <details>
        <summary>Every run of {title}</summary>
        <Grid table={runs} />
      </details>
    </section>
  );
}
