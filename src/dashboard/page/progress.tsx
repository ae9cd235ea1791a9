import { formatCount, formatAbout } from './format.js';
import type { SweepState, TaskInfo, TaskView } from './protocol.js';

interface ProgressProps {
  readonly state: SweepState;
  readonly infoByName: ReadonlyMap<string, TaskInfo>;
  readonly viewById: ReadonlyMap<string, TaskView>;
}

/** Shows the progress of the sweep, the remaining time, and which worker executes which task. */
export function Progress({ state, infoByName, viewById }: ProgressProps) {
  const { tasks, progress, states } = state;
  const counts = Object.entries(states).map(([name, words]) => ({
    ...words,
    name,
    count: tasks.filter((task) => task.state === name).length,
  }));
  return (
    <section class="progress" aria-labelledby="progress-heading">
      <h2 id="progress-heading">Progress</h2>
      <p class="figures">
        <strong>
          {formatCount(progress.done)}
          <span class="quiet"> of {formatCount(tasks.length)} done</span>
        </strong>
        {progress.remainingMs !== null && (
          <span>
            {formatAbout(progress.remainingMs)} {progress.owner === null ? 'of work pending' : 'left'}
          </span>
        )}
      </p>
      <div class="bar" role="img" aria-label={progress.summary}>
        {counts.map(
          ({ name, count }) => count > 0 && <span key={name} data-state={name} style={{ flexGrow: count }} />,
        )}
      </div>
      <ul class="legend">
        {counts.map(({ name, word, sign, count }) => (
          <li key={name} data-empty={count === 0}>
            <span class="swatch" data-state={name} aria-hidden="true">
              {sign}
            </span>
            {formatCount(count)} {word}
          </li>
        ))}
      </ul>
      {progress.problem !== null && (
        <p class="problem" role="alert">
          {progress.problem}
        </p>
      )}
      <p class="quiet small break">
        {progress.owner === null ? 'No active run.' : `In use by ${progress.owner}`}
      </p>
      {progress.workers.length > 0 && (
        <ul class="workers" aria-label="Workers">
          {progress.workers.map(({ worker, task }) => (
            <Worker
              key={`${worker} ${task}`}
              worker={worker}
              info={infoByName.get(task)}
              viewById={viewById}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

interface WorkerProps {
  readonly worker: string;
  readonly info: TaskInfo | undefined;
  readonly viewById: ReadonlyMap<string, TaskView>;
}

function Worker({ worker, info, viewById }: WorkerProps) {
  if (info === undefined) return null;
  const step = viewById.get(info.id)?.step ?? 0;
  return (
    <li>
      <span class="worker">{worker}</span>
      <span class="task">
        {info.experiment} {info.label}
      </span>
      <progress max={info.steps} value={step} aria-label={`${worker}: ${info.label}`} />
      <span class="quiet small">
        {formatCount(step)} of {formatCount(info.steps)}
      </span>
    </li>
  );
}
