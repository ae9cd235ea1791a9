import { formatCount, formatAbout } from './format.js';
import type { SweepState, TaskInfo, TaskView } from './protocol.js';

interface ProgressProps {
  readonly state: SweepState;
  readonly infoById: ReadonlyMap<string, TaskInfo>;
  readonly infoByName: ReadonlyMap<string, TaskInfo>;
  readonly viewById: ReadonlyMap<string, TaskView>;
}

/** Shows the progress of the sweep, the remaining time, and which worker executes which task. */
export function Progress({ state, infoById, infoByName, viewById }: ProgressProps) {
  const { tasks, progress, states } = state;
  const shares = stepShares(infoById, tasks);
  const counts = Object.entries(states).map(([name, words]) => ({
    ...words,
    name,
    count: tasks.filter((task) => task.state === name).length,
    share: shares.get(name) ?? 0,
  }));
  const stepsDone =
    (shares.get('done') ?? 0) + (shares.get('running') ?? 0) + (shares.get('interrupted') ?? 0);
  const percent = `${formatPercent(stepsDone)} of all steps`;
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
      <div class="bar" role="img" aria-label={`${percent}; ${progress.summary}`}>
        {counts.map(
          ({ name, share }) => share > 0 && <span key={name} data-state={name} style={{ flexGrow: share }} />,
        )}
      </div>
      <p class="quiet small">{percent}</p>
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

/** Returns the share of all steps by state: tasks that have started count as far as their last checkpoint, and pending otherwise. */
function stepShares(
  infoById: ReadonlyMap<string, TaskInfo>,
  tasks: readonly TaskView[],
): Map<string, number> {
  const shares = new Map<string, number>();
  const add = (state: string, steps: number): void => {
    shares.set(state, (shares.get(state) ?? 0) + steps);
  };
  for (const { id, state, step } of tasks) {
    const steps = infoById.get(id)?.steps ?? 0;
    const isStarted = state === 'running' || state === 'interrupted';
    const reached = isStarted ? Math.min(step ?? 0, steps) : steps;
    add(state, reached);
    add('new', steps - reached);
  }
  const total = [...shares.values()].reduce((sum, steps) => sum + steps, 0);
  return new Map([...shares].map(([state, steps]) => [state, total === 0 ? 0 : steps / total]));
}

/** Formats a share, without rounding it to 0% or 100%. */
function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 1) return 'less than 1%';
  return percent > 99 && percent < 100 - 1e-9 ? 'more than 99%' : `${Math.round(percent)}%`;
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
