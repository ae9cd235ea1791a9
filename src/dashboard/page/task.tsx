import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { fetchTask, pictureUrl } from './api.js';
import { formatCount } from './format.js';
import type { LogLine, States, TaskInfo, TaskReply, TaskView } from './protocol.js';
import { useReply } from './reply.js';

interface TaskProps {
  readonly sweep: string;
  /** The number of reconnections, from `useSweep`. */
  readonly epoch: number;
  readonly states: States;
  readonly info: TaskInfo;
  readonly view: TaskView;
}

/** Shows the details of the task that was selected last, beside the views. */
export function Task(
  props: TaskProps & { readonly onClose: () => void; readonly children: ComponentChildren },
) {
  const { sweep, epoch, states, info, view, onClose, children } = props;
  const reply = useTask(sweep, info.id, `${view.state} ${view.version} ${epoch}`);
  const isCounted = view.step !== null && view.state !== 'done';
  return (
    <aside class="task-detail" aria-labelledby="task-heading">
      <div class="heading">
        <h2 id="task-heading">{info.label}</h2>
        <button type="button" aria-label={`Close ${info.label}`} onClick={onClose}>
          ×
        </button>
      </div>
      <p class="small quiet break">{reply?.folder ?? info.name}</p>
      <p>
        <span class="state" data-state={view.state}>
          {states[view.state].word}
        </span>{' '}
        {isCounted && `${info.unit} ${formatCount(view.step)} of ${formatCount(info.steps)}`}
      </p>
      {view.problem !== null && <p class="problem">{view.problem}</p>}
      {children}
      {reply !== null && <Facts reply={reply} />}
    </aside>
  );
}

function Facts({ reply }: { readonly reply: TaskReply }) {
  return (
    <div class="facts">
      <Pairs title="Settings" pairs={reply.settings} />
      {reply.metrics.length > 0 && <Pairs title={reply.metricsTitle} pairs={reply.metrics} />}
      <div>
        <h3>Attempts</h3>
        {reply.sessions.length === 0 && <p class="hint">No attempt has ended yet.</p>}
        <ul class="small">
          {reply.sessions.map((attempt) => (
            <li key={attempt}>{attempt}</li>
          ))}
        </ul>
        <h3>Log</h3>
        <Log lines={reply.log} />
      </div>
    </div>
  );
}

function Pairs({ title, pairs }: { readonly title: string; readonly pairs: TaskReply['settings'] }) {
  return (
    <div>
      <h3>{title}</h3>
      <dl>
        {pairs.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Log({ lines }: { readonly lines: readonly LogLine[] }) {
  if (lines.length === 0) return <p class="hint">The run's log has no entries for this task.</p>;
  return (
    <ol class="log">
      {lines.map(({ time, level, text }, index) => (
        <li key={index} data-level={level}>
          <time dateTime={time}>{time.replace('T', ' ').slice(0, 19)}</time> {text}
        </li>
      ))}
    </ol>
  );
}

interface FailuresProps extends Pick<TaskProps, 'sweep' | 'epoch' | 'states'> {
  readonly tasks: readonly { readonly info: TaskInfo; readonly view: TaskView }[];
}

/** Shows failed and corrupt tasks with the reasons and their log lines. */
export function Failures({ tasks, ...props }: FailuresProps) {
  return (
    <section class="failures" aria-labelledby="failures-heading">
      <h2 id="failures-heading">Failures</h2>
      {tasks.map(({ info, view }) => (
        <Failure key={info.id} {...props} info={info} view={view} />
      ))}
    </section>
  );
}

function Failure({ sweep, epoch, states, info, view }: TaskProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>
        <span class="state" data-state={view.state}>
          {states[view.state].word}
        </span>{' '}
        {info.experiment} {info.label}: {view.problem}
      </summary>
      {isOpen && <FailureLog sweep={sweep} id={info.id} version={`${view.version} ${epoch}`} />}
    </details>
  );
}

function FailureLog({ sweep, id, version }: { sweep: string; id: string; version: string }) {
  const reply = useTask(sweep, id, version);
  return reply === null ? null : <Log lines={reply.log} />;
}

interface PicturesProps extends Pick<TaskProps, 'sweep' | 'epoch'> {
  readonly title: string;
  readonly tasks: readonly TaskInfo[];
  /** The number of selected tasks that are not done. */
  readonly unfinished: number;
  readonly isDark: boolean;
}

/** Shows the pictures that the experiment draws from the results of finished tasks. */
export function Pictures({ sweep, epoch, title, tasks, unfinished, isDark }: PicturesProps) {
  return (
    <section class="points" aria-labelledby="pictures-heading">
      <h2 id="pictures-heading">{title}</h2>
      {unfinished > 0 && (
        <p class="hint">{`Pictures appear when tasks are done. Of the selected tasks, ${unfinished} ${unfinished === 1 ? 'is' : 'are'} not done yet.`}</p>
      )}
      <div class="pictures">
        {tasks.map(({ id, label }) => (
          <figure key={`${id} ${epoch}`}>
            <img src={pictureUrl(sweep, id, isDark)} alt={`${title} of ${label}`} loading="lazy" />
            <figcaption class="small">{label}</figcaption>
          </figure>
        ))}
      </div>
    </section>
  );
}

/** Fetches the details of a task. @param version changes when there may be new details */
function useTask(sweep: string, id: string, version: string): TaskReply | null {
  const { value } = useReply(() => fetchTask(sweep, id), [sweep, id, version]);
  return value?.id === id ? value : null;
}
