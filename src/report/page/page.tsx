import type { ComponentChildren } from 'preact';
import { render } from 'preact-render-to-string';
import type { ReportSection } from '../contribution.js';
import type { PartTables } from '../report.js';
import { Figures, Grid, Notes, Part, Titled, type PageFigure } from './parts.js';
import { STYLE } from './style.js';

/** A rendered section of an experiment. */
export interface PageSection extends Pick<ReportSection, 'id' | 'title' | 'short' | 'isFirst'> {
  readonly content: ComponentChildren;
}

/** The content of the report's page. */
export interface PageContent {
  readonly title: string;
  /** The command that created the page, for example `vae-sweep report sweeps/mine.yaml`. */
  readonly command: string;
  /** For example `TensorFlow 2.21.0, numerics 1; version of training loops 1`. */
  readonly versions: string;
  /** Sentences that say what the sweep executed and what came out. */
  readonly summary: readonly string[];
  readonly missing: readonly { readonly name: string; readonly reason: string }[];
  readonly parts: readonly PartTables[];
  readonly sections: readonly PageSection[];
  readonly figures: readonly PageFigure[];
  /** For each figure that could not be drawn, the reason. */
  readonly figureNotes: readonly string[];
}

/** Renders a self-contained HTML page without scripts and external files. */
export function renderPage(content: PageContent): string {
  return `<!doctype html>\n${render(<Page {...content} />)}\n`;
}

function Page(content: PageContent) {
  const { title, summary, parts, figures, figureNotes, missing } = content;
  const [first, others] = splitSections(content);
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
          <p class="summary">{summary.join(' ')}</p>
          <p class="muted">
            Created from the Arrow logs by <code>{content.command}</code>
            {content.versions === '' ? '' : ` (${content.versions})`}.
          </p>
          <Contents {...content} />
        </header>
        <main>
          {first.map(toPart)}
          {parts.length > 0 && (
            <Part id="tables" title="Tables">
              {parts.map((part) => (
                <Tables key={part.title} {...part} />
              ))}
            </Part>
          )}
          {others.map(toPart)}
          {(figures.length > 0 || figureNotes.length > 0) && (
            <Part id="figures" title="Figures">
              <Figures figures={figures} />
              <Notes notes={figureNotes} />
            </Part>
          )}
          {missing.length > 0 && (
            <Part id="missing" title="Missing tasks">
              <Notes notes={missing.map(({ name, reason }) => `${name}: ${reason}`)} />
            </Part>
          )}
        </main>
      </body>
    </html>
  );
}

function toPart({ id, title, content }: PageSection) {
  return (
    <Part key={id} id={id} title={title}>
      {content}
    </Part>
  );
}

/** Returns the sections above the tables, and those below. */
function splitSections({ sections }: PageContent) {
  return [sections.filter(({ isFirst }) => isFirst), sections.filter(({ isFirst }) => !isFirst)] as const;
}

function Contents(content: PageContent) {
  const [first, others] = splitSections(content);
  const toLink = ({ id, title, short = title }: PageSection) => [id, short] as const;
  const links = [
    ...first.map(toLink),
    ...(content.parts.length > 0 ? [['tables', 'Tables'] as const] : []),
    ...others.map(toLink),
    ...(content.figures.length > 0 ? [['figures', 'Figures'] as const] : []),
    ...(content.missing.length > 0 ? [['missing', 'Missing tasks'] as const] : []),
  ];
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

function Tables({ title, tables, runs }: PartTables) {
  return (
    <section>
      {tables.map((table) => (
        <Titled key={table.name} table={table} />
      ))}
      {runs && (
        <details>
          <summary>All tasks of {title}</summary>
          <Grid table={runs} />
        </details>
      )}
    </section>
  );
}
