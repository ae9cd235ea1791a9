import { formatCount } from './format.js';
import type { SearchView, StageView, States, TaskView } from './protocol.js';
import { DataTable } from './tables.js';

interface StagesProps {
  readonly searches: readonly SearchView[];
  readonly states: States;
  readonly viewById: ReadonlyMap<string, TaskView>;
}

/** Shows the rungs of a halving, or the batches of a search by TPE, with the states of their tasks and what they decided. */
export function Stages({ searches, states, viewById }: StagesProps) {
  return (
    <section class="search" aria-labelledby="search-heading">
      <h2 id="search-heading">Search</h2>
      {searches.map(({ part, title, stages }) => (
        <div key={part}>
          <h3>{title}</h3>
          <ol class="stages" aria-label={`Stages of ${part}`}>
            {stages.map((stage) => (
              <Stage key={stage.name} stage={stage} states={states} viewById={viewById} />
            ))}
          </ol>
        </div>
      ))}
    </section>
  );
}

interface StageProps extends Omit<StagesProps, 'searches'> {
  readonly stage: StageView;
}

function Stage({ stage: { name, tasks, maxTasks, decision }, states, viewById }: StageProps) {
  const all = tasks.map((id) => viewById.get(id)?.state ?? 'new');
  const counts = Object.entries(states).map(([state, { word, sign }]) => ({
    state,
    word,
    sign,
    count: all.filter((own) => own === state).length,
  }));
  const present = counts.filter(({ count }) => count > 0);
  const isWaiting = tasks.length === 0 && decision === null;
  const summary = present.map(({ count, word }) => `${formatCount(count)} ${word}`).join(', ');
  return (
    <li data-stage={isWaiting ? 'waiting' : decision === null ? 'open' : 'decided'}>
      <p>
        {name}
        <span class="quiet small">
          {isWaiting ? `waiting, at most ${formatCount(maxTasks)} tasks` : summary}
        </span>
      </p>
      <div class="bar" role="img" aria-label={`${name}: ${isWaiting ? 'waiting' : summary}`}>
        {present.map(({ state, count }) => (
          <span key={state} data-state={state} style={{ flexGrow: count }} />
        ))}
      </div>
      {decision !== null && <p class="small">{decision}</p>}
    </li>
  );
}

/** Shows the best settings of each search so far. */
export function BestSettings({ searches }: Pick<StagesProps, 'searches'>) {
  return (
    <section class="tables best" aria-labelledby="best-heading">
      <h2 id="best-heading">Best settings so far</h2>
      {searches.map(({ part, best }) =>
        best.body.length === 0 ? (
          <p key={part} class="hint">
            {part} has no results yet: its first stage is not decided.
          </p>
        ) : (
          <DataTable key={part} table={best} />
        ),
      )}
    </section>
  );
}
