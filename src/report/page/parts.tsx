import type { ComponentChildren } from 'preact';
import type { Table } from '../tables/table.js';

/** A figure rendered as SVG. */
export interface PageFigure {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly svg: string;
}

export function Figures({ figures }: { figures: readonly PageFigure[] }) {
  return (
    <>
      {figures.map((figure) => (
        <figure key={figure.name} id={figure.name}>
          <div
            class="scroll"
            tabIndex={0}
            role="region"
            aria-label={figure.title}
            dangerouslySetInnerHTML={{ __html: figure.svg }}
          />
          <figcaption>
            <strong>{figure.title}.</strong> {figure.caption}
          </figcaption>
        </figure>
      ))}
    </>
  );
}

export function Titled({ table }: { table: Table }) {
  return (
    <>
      <h3 id={table.name}>{table.title}</h3>
      <Grid table={table} />
    </>
  );
}

export function Grid({ table: { caption, head, body, notes } }: { table: Table }) {
  return (
    <>
      <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
        <table>
          <caption>{caption}</caption>
          <thead>
            <tr>
              {head.map((text, column) => (
                <th key={column} scope="col">
                  {text}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {body.map((row, index) => (
              <tr key={index} class={row[0]?.startsWith(' ') ? 'printed' : undefined}>
                {row.map((text, column) =>
                  column === 0 ? (
                    <th key={column} scope="row">
                      {text}
                    </th>
                  ) : (
                    <td key={column}>{text}</td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Notes notes={notes} />
    </>
  );
}

export function Notes({ notes }: { notes: readonly string[] }) {
  return notes.length === 0 ? null : (
    <ul>
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}

export function Part({ id, title, children }: { id: string; title: string; children: ComponentChildren }) {
  return (
    <section id={id}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
