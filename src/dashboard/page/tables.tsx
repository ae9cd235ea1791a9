import { fetchComparison, fetchTables } from './api.js';
import { formatCount } from './format.js';
import type { TableView } from './protocol.js';
import { useReply } from './reply.js';

/** Shows the sweep's tables while it runs. @param version changes when a task ends, and on reconnection */
export function Tables({ sweep, version }: { readonly sweep: string; readonly version: string }) {
  const { value, problem } = useReply(() => fetchTables(sweep), [sweep, version]);
  const tables = value?.tables;
  return (
    <section class="tables" aria-labelledby="tables-heading">
      <h2 id="tables-heading">Tables</h2>
      {problem !== null && <p class="problem">{problem}</p>}
      {tables === undefined && problem === null && <p class="hint">Reading the finished tasks …</p>}
      {tables?.length === 0 && <p class="hint">Tables appear as tasks finish.</p>}
      {tables?.map((table) => (
        <DataTable key={table.name} table={table} />
      ))}
    </section>
  );
}

interface ComparisonProps {
  readonly sweep: string;
  readonly a: readonly string[];
  readonly b: readonly string[];
  readonly version: string;
}

/** The maximum number of tasks per group that are compared, because the request's address has their ids. */
const MAX_COMPARED = 256;

/** Compares groups A and B. */
export function Comparison({ sweep, a, b, version }: ComparisonProps) {
  const [firstA, firstB] = [a.slice(0, MAX_COMPARED), b.slice(0, MAX_COMPARED)];
  const keys = [sweep, firstA.join(), firstB.join(), version];
  const { value: table, problem } = useReply(() => fetchComparison(sweep, firstA, firstB), keys);
  const larger = [
    { name: 'A', count: a.length },
    { name: 'B', count: b.length },
  ].filter(({ count }) => count > MAX_COMPARED);
  return (
    <section class="comparison" aria-labelledby="comparison-heading">
      <h2 id="comparison-heading">A and B</h2>
      {larger.map(({ name, count }) => (
        <p key={name} class="quiet small">
          {`Comparing the first ${MAX_COMPARED} of the ${formatCount(count)} tasks in ${name}.`}
        </p>
      ))}
      {problem !== null && <p class="problem">{problem}</p>}
      {table !== null && <DataTable table={{ ...table, title: '' }} />}
    </section>
  );
}

export function DataTable({ table: { title, caption, head, body, notes } }: { readonly table: TableView }) {
  return (
    <div class="table">
      {title !== '' && <h3>{title}</h3>}
      <div class="scroll" tabIndex={0} role="region" aria-label={title === '' ? 'Means of A and B' : title}>
        <table>
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
              <tr key={index} class={row[0]?.startsWith(' ') === true ? 'printed' : undefined}>
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
      <p class="quiet small">{caption}</p>
      {notes.length > 0 && (
        <details>
          <summary>{notes.length === 1 ? '1 note' : `${notes.length} notes`}</summary>
          <ul class="small">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
