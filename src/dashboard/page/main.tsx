import { render } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Charts, chartsOf } from './charts.js';
import { groupStroke, taskStroke } from './colors.js';
import { useSweep, type Connection } from './follow.js';
import { Grid } from './grid.js';
import { Groups } from './groups.js';
import { Header } from './header.js';
import { Progress } from './progress.js';
import type { SweepState, TaskInfo, TaskView } from './protocol.js';
import { BestSettings, Stages } from './search.js';
import { toggled, useSelection, type GroupName, type Selection } from './selection.js';
import type { DrawnTask } from './series.js';
import { Comparison, Tables } from './tables.js';
import { Failures, Pictures, Task } from './task.js';
import { useTheme } from './theme.js';

/** The maximum number of tasks with curves: more would be hard to distinguish and slow. */
const MAX_DRAWN = 32;
const MAX_PICTURES = 4;
/** The number of tasks that are selected initially. */
const INITIALLY_SELECTED = 3;

function App() {
  const [selection, select] = useSelection();
  const { state, connection, epoch } = useSweep(selection.sweep);
  const theme = useTheme();
  return (
    <>
      <Header
        state={state}
        connection={connection}
        theme={theme}
        onSweep={(sweep) => {
          select({ sweep, a: [], b: [], task: null });
        }}
      />
      {state === null ? (
        <main>
          <p class="hint">{WAITING[connection]}</p>
        </main>
      ) : (
        <Sweep
          key={state.name}
          state={state}
          epoch={epoch}
          selection={selection}
          select={select}
          isDark={theme.isDark}
        />
      )}
    </>
  );
}

const WAITING: Readonly<Record<Connection, string>> = {
  connecting: 'Reading the store …',
  live: 'Reading the store …',
  lost: 'The server is not responding.',
  refused: 'The server refused the connection. If it requires a token, open the URL that it printed.',
};

interface SweepProps {
  readonly state: SweepState;
  /** The number of reconnections, from `useSweep`. */
  readonly epoch: number;
  readonly selection: Selection;
  readonly select: (change: Partial<Selection>) => void;
  readonly isDark: boolean;
}

function Sweep({ state, epoch, selection, select, isDark }: SweepProps) {
  const [group, setGroup] = useState<GroupName>('a');
  const { parts, searches, states, experiments, tasks, name } = state;
  const infos = useMemo(
    () => parts.flatMap(({ rows }) => rows.flatMap((row) => row.tasks.filter((task) => task !== null))),
    [parts],
  );
  const infoById = useMemo(() => new Map(infos.map((info) => [info.id, info])), [infos]);
  const infoByName = useMemo(() => new Map(infos.map((info) => [info.name, info])), [infos]);
  const viewById = useMemo(() => new Map(tasks.map((task) => [task.id, task])), [tasks]);
  const hasCurves = (info?: TaskInfo): boolean =>
    info !== undefined && (experiments[info.experiment]?.charts.length ?? 0) > 0;
  /** Whether the user has changed the selection. Until then, interesting tasks are selected as soon as there are any. */
  const [isTouched, setTouched] = useState(
    selection.a.length + selection.b.length > 0 || selection.task !== null,
  );
  useEffect(() => {
    if (isTouched || selection.a.length > 0) return;
    const first = initialSelection(tasks, (id) => hasCurves(infoById.get(id)));
    if (first.length > 0) select({ a: first });
  }, [tasks]);
  const selectByHand = (change: Partial<Selection>): void => {
    setTouched(true);
    select(change);
  };

  const known = (ids: readonly string[]): TaskInfo[] => ids.flatMap((id) => infoById.get(id) ?? []);
  const [a, b] = [known(selection.a), known(selection.b)];
  const chosen = [...a, ...b].filter(hasCurves);
  const chosenNames = [...new Set(chosen.map(({ experiment }) => experiment))].join();
  const charts = useMemo(() => chartsOf(experiments, chosenNames.split(',')), [experiments, chosenNames]);
  const pictured = chosen.filter(({ experiment }) => experiments[experiment]?.picture != null);
  const versionOf = (id: string): string => `${viewById.get(id)?.version ?? ''} ${epoch}`;
  const drawn = drawnTasks(a.filter(hasCurves), b.filter(hasCurves), versionOf, isDark);
  const done = pictured.filter(({ id }) => viewById.get(id)?.state === 'done');
  const ended = tasks.filter(
    ({ state }) => state === 'done' || state === 'corrupt' || state === 'failed',
  ).length;
  const tablesVersion = `${ended} ${epoch}`;
  const failures = tasks.flatMap((view) => {
    const info = infoById.get(view.id);
    return info !== undefined && (view.state === 'failed' || view.state === 'corrupt')
      ? [{ info, view }]
      : [];
  });
  const shown = selection.task === null ? undefined : infoById.get(selection.task);
  const shownView = shown && viewById.get(shown.id);
  const pick = (into: GroupName, ids: readonly string[]): void => {
    selectByHand({
      ...toggled(selection, into, ids),
      task: ids.length === 1 ? (ids[0] ?? null) : selection.task,
    });
  };
  return (
    <main class="layout">
      <div class="side">
        <Progress state={state} infoByName={infoByName} viewById={viewById} />
        {searches.length > 0 && <Stages searches={searches} states={states} viewById={viewById} />}
        {failures.length > 0 && <Failures sweep={name} epoch={epoch} states={states} tasks={failures} />}
        <section class="tasks" aria-labelledby="tasks-heading">
          <div class="heading">
            <h2 id="tasks-heading">Tasks</h2>
            <Groups
              group={group}
              a={a}
              b={b}
              onGroup={setGroup}
              onClear={() => {
                selectByHand({ a: [], b: [] });
              }}
            />
          </div>
          {parts.map((part) => (
            <Grid
              key={part.name}
              states={states}
              part={part}
              viewById={viewById}
              selection={selection}
              group={group}
              onPick={pick}
            />
          ))}
          <p class="quiet small">
            Click a task, or the name of a row or column, to add it to the group. With the keyboard, use the
            arrow keys, then Enter, a or b.
          </p>
        </section>
      </div>
      <div class="content">
        {chosen.length > 0 && (
          <Selected
            drawn={drawn}
            onRemove={(id) => {
              selectByHand({
                a: selection.a.filter((other) => other !== id),
                b: selection.b.filter((other) => other !== id),
              });
            }}
          />
        )}
        <Charts
          sweep={name}
          shown={charts}
          tasks={drawn}
          steps={Math.max(1, ...chosen.map(({ steps }) => steps))}
          left={chosen.length - drawn.length}
          isDark={isDark}
        />
        {a.length > 0 && b.length > 0 && (
          <Comparison sweep={name} a={selection.a} b={selection.b} version={tablesVersion} />
        )}
        {pictured[0] && (
          <Pictures
            sweep={name}
            epoch={epoch}
            title={experiments[pictured[0].experiment]?.picture ?? ''}
            tasks={done.slice(0, MAX_PICTURES)}
            unfinished={pictured.length - done.length}
            isDark={isDark}
          />
        )}
        {shown && shownView && (
          <Task sweep={name} epoch={epoch} states={states} info={shown} view={shownView} />
        )}
        {searches.length > 0 && <BestSettings searches={searches} />}
        <Tables sweep={name} version={tablesVersion} />
      </div>
    </main>
  );
}

/** Shows the legend of the curves. */
function Selected({ drawn, onRemove }: { drawn: readonly DrawnTask[]; onRemove: (id: string) => void }) {
  return (
    <ul class="selected" aria-label="Selected tasks">
      {drawn.map(({ id, label, stroke }) => (
        <li key={id}>
          <svg width="22" height="8" aria-hidden="true">
            <line
              x1="0"
              y1="4"
              x2="22"
              y2="4"
              stroke={stroke.color}
              stroke-width="2.5"
              stroke-dasharray={stroke.dash.join(' ')}
            />
          </svg>
          {label}
          <button
            type="button"
            aria-label={`Remove ${label}`}
            onClick={() => {
              onRemove(id);
            }}
          >
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Returns the tasks to draw. Colors distinguish tasks or, if there are two groups, the groups. */
function drawnTasks(
  a: readonly TaskInfo[],
  b: readonly TaskInfo[],
  versionOf: (id: string) => string,
  isDark: boolean,
): DrawnTask[] {
  const areCompared = a.length > 0 && b.length > 0;
  const all = [
    ...a.map((info) => ({ info, group: 'a' as const })),
    ...b.map((info) => ({ info, group: 'b' as const })),
  ];
  return all.slice(0, MAX_DRAWN).map(({ info: { id, label }, group }, index) => ({
    id,
    label: areCompared ? `${group.toUpperCase()}: ${label}` : label,
    stroke: areCompared ? groupStroke(group, isDark) : taskStroke(index, isDark),
    version: versionOf(id),
  }));
}

/** Returns the first running tasks with curves, or the first done ones if none is running. */
function initialSelection(tasks: readonly TaskView[], hasCurves: (id: string) => boolean): string[] {
  const drawable = tasks.filter(({ id }) => hasCurves(id));
  const running = drawable.filter(({ state }) => state === 'running');
  const some = running.length > 0 ? running : drawable.filter(({ state }) => state === 'done');
  return some.slice(0, INITIALLY_SELECTED).map(({ id }) => id);
}

const place = document.getElementById('app');
if (place !== null) {
  place.replaceChildren();
  render(<App />, place);
}
