import { useEffect, useMemo } from 'preact/hooks';
import { toggled, type Address, type GroupName, type Navigate } from './address.js';
import { Annotation, SweepAnnotation } from './annotations/annotation.js';
import { NO_ANNOTATION, useAnnotatedResults, useAnnotations } from './annotations/use-annotations.js';
import { Curves } from './charts/curves.js';
import { RunControl } from './control/run-control.js';
import { TaskControl } from './control/task-control.js';
import { useControl } from './control/use-control.js';
import { matcher, parseFilters } from './filters/filter.js';
import { FilterBar } from './filters/filter-bar.js';
import { Tasks } from './overview/tasks.js';
import { NextSteps } from './next-steps.js';
import { Parallel } from './parallel/parallel.js';
import { Progress } from './progress.js';
import type { SweepState, TaskInfo, TaskView } from './protocol.js';
import { useResults } from './results.js';
import { Scatter } from './scatter/scatter.js';
import { BestSettings, Stages } from './search.js';
import { TaskTable } from './table/task-table.js';
import { Tables } from './tables.js';
import { Tabs } from './tabs.js';
import { Failures, Task } from './task.js';

/** The number of tasks that are selected initially. */
const INITIALLY_SELECTED = 3;

export interface SweepProps {
  readonly state: SweepState;
  /** The number of reconnections, from `useSweep`. */
  readonly epoch: number;
  readonly address: Address;
  readonly navigate: Navigate;
  readonly isDark: boolean;
}

/** Shows a sweep: its progress at the side, and one of the views. */
export function Sweep({ state, epoch, address, navigate, isDark }: SweepProps) {
  const { parts, searches, states, experiments, tasks, name } = state;
  const { options } = address;
  const infos = useMemo(
    () => parts.flatMap(({ rows }) => rows.flatMap((row) => row.tasks.filter((task) => task !== null))),
    [parts],
  );
  const infoById = useMemo(() => new Map(infos.map((info) => [info.id, info])), [infos]);
  const infoByName = useMemo(() => new Map(infos.map((info) => [info.name, info])), [infos]);
  const viewById = useMemo(() => new Map(tasks.map((task) => [task.id, task])), [tasks]);
  const hasCurves = (info?: TaskInfo): boolean =>
    info !== undefined && (experiments[info.experiment]?.charts.length ?? 0) > 0;
  useEffect(() => {
    if (address.isChosen) return;
    const first = initialSelection(tasks, (id) => hasCurves(infoById.get(id)));
    if (first.length > 0) navigate({ a: first }, 'replace');
  }, [tasks]);

  const ended = tasks.filter(
    ({ state }) => state === 'done' || state === 'corrupt' || state === 'failed',
  ).length;
  const version = `${ended} ${epoch}`;
  const annotations = useAnnotations(name, `${state.progress.annotationsVersion} ${epoch}`);
  const results = useAnnotatedResults(useResults(name, version, infoById, viewById, states), annotations);
  const { filter = '', search = '' } = options;
  const filters = useMemo(() => parseFilters(filter), [filter]);
  const isMatch = useMemo(
    () => matcher(filters, search, results, infoById),
    [filters, search, results, infoById],
  );
  const matching = useMemo(() => infos.filter(({ id }) => isMatch(id)), [infos, isMatch]);

  const known = (ids: readonly string[]): TaskInfo[] => ids.flatMap((id) => infoById.get(id) ?? []);
  const [a, b] = [known(address.a), known(address.b)];
  const failures = tasks.flatMap((view) => {
    const info = infoById.get(view.id);
    return info !== undefined && (view.state === 'failed' || view.state === 'corrupt')
      ? [{ info, view }]
      : [];
  });
  const shown = address.task === null ? undefined : infoById.get(address.task);
  const shownView = shown && viewById.get(shown.id);
  const pick = (into: GroupName, ids: readonly string[]): void => {
    navigate({
      ...toggled(address, into, ids),
      task: ids.length === 1 ? (ids[0] ?? null) : address.task,
    });
  };
  const control = useControl(name, epoch);
  const shared = { states, viewById, results, address, navigate, isMatch };
  return (
    <main class="layout" data-detail={shownView !== undefined}>
      <div class="side">
        <Progress state={state} infoById={infoById} infoByName={infoByName} viewById={viewById} />
        <RunControl control={control} state={state} />
        <SweepAnnotation
          key={name}
          sweep={name}
          annotation={annotations.sweep}
          isEditable={control.isAllowed}
        />
        {searches.length > 0 && <Stages searches={searches} states={states} viewById={viewById} />}
        {failures.length > 0 && <Failures sweep={name} epoch={epoch} states={states} tasks={failures} />}
        <NextSteps state={state} infoById={infoById} />
      </div>
      <div class="content">
        <Tabs
          view={address.view}
          onView={(view) => {
            navigate({ view });
          }}
        />
        {address.view !== 'results' && (
          <FilterBar
            results={results}
            filters={filters}
            address={address}
            navigate={navigate}
            matches={matching.length}
            tasks={infos.length}
          />
        )}
        {address.view === 'overview' && (
          <>
            <Tasks
              {...shared}
              parts={parts}
              infos={infos}
              a={a}
              b={b}
              onPick={pick}
              onClear={() => {
                navigate({ a: [], b: [] });
              }}
            />
            {searches.length > 0 && <BestSettings searches={searches} />}
            <Curves
              {...shared}
              state={state}
              epoch={epoch}
              a={a.filter(hasCurves)}
              b={b.filter(hasCurves)}
              version={version}
              isDark={isDark}
            />
          </>
        )}
        {address.view === 'table' && <TaskTable {...shared} sweep={name} infos={matching} onPick={pick} />}
        {address.view === 'scatter' && <Scatter {...shared} infos={matching} isDark={isDark} />}
        {address.view === 'parallel' && <Parallel {...shared} infos={infos} isDark={isDark} />}
        {address.view === 'results' && <Tables sweep={name} version={version} />}
      </div>
      {shown && shownView && (
        <Task
          sweep={name}
          epoch={epoch}
          states={states}
          info={shown}
          view={shownView}
          onClose={() => {
            navigate({ task: null });
          }}
        >
          <TaskControl control={control} progress={state.progress} info={shown} view={shownView} />
          <Annotation
            key={shown.id}
            sweep={name}
            task={shown.id}
            name={shown.label}
            annotation={annotations.tasks[shown.id] ?? NO_ANNOTATION}
            isEditable={control.isAllowed}
          />
        </Task>
      )}
    </main>
  );
}

/** Returns the first running tasks with curves, or the first done ones if none is running. */
function initialSelection(tasks: readonly TaskView[], hasCurves: (id: string) => boolean): string[] {
  const drawable = tasks.filter(({ id }) => hasCurves(id));
  const running = drawable.filter(({ state }) => state === 'running');
  const some = running.length > 0 ? running : drawable.filter(({ state }) => state === 'done');
  return some.slice(0, INITIALLY_SELECTED).map(({ id }) => id);
}
