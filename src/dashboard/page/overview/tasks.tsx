import { useMemo, useState } from 'preact/hooks';
import { withOptions, type Address, type GroupName, type Navigate } from '../address.js';
import type { PartView, States, TaskInfo, TaskView } from '../protocol.js';
import type { Column, Results } from '../results.js';
import { SCALES, type ScaleName } from '../scale.js';
import { Select } from '../select.js';
import { coloringBy, STATISTICS, type Coloring, type StatisticName } from './coloring.js';
import { Grid, type Hovered } from './grid.js';
import { Groups } from './groups.js';
import { gridLayouts, TOGETHER } from './layout.js';
import { Legend } from './legend.js';
import { Tooltip } from './tooltip.js';

/** The maximum number of results that a tooltip shows. */
const MAX_RESULTS = 8;

interface TasksProps {
  readonly states: States;
  readonly parts: readonly PartView[];
  readonly infos: readonly TaskInfo[];
  readonly viewById: ReadonlyMap<string, TaskView>;
  readonly results: Results;
  readonly address: Address;
  readonly navigate: Navigate;
  readonly isMatch: (id: string) => boolean;
  readonly a: readonly TaskInfo[];
  readonly b: readonly TaskInfo[];
  readonly onPick: (group: GroupName, ids: readonly string[]) => void;
  readonly onClear: () => void;
}

/** Shows all tasks as grids, colored by their states or by any number, with the axes that the user chooses. */
export function Tasks(props: TasksProps) {
  const { states, parts, infos, viewById, results, address, navigate, isMatch, a, b, onPick } = props;
  const { options } = address;
  const [group, setGroup] = useState<GroupName>('a');
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const { rows = '', columns = '' } = options;
  const layouts = useMemo(
    () => gridLayouts({ rows, columns }, parts, infos, results),
    [rows, columns, parts, infos, results],
  );
  const numeric = results.columns.filter(
    ({ kind, isNumeric }) => isNumeric && (kind === 'result' || kind === 'duration'),
  );
  const chosen = options['color'] ?? initialColor(numeric, viewById);
  const column = numeric.find(({ name }) => name === chosen);
  const scaleName = SCALES.find((name) => name === options['scale']) ?? initialScale(column);
  const statistic = STATISTICS.find((name) => name === options['statistic']) ?? 'mean';
  const coloring = useMemo(
    () => (column === undefined ? null : coloringBy(column, statistic, scaleName, layouts)),
    [column, statistic, scaleName, layouts],
  );
  const set = (name: string) => (value: string) => {
    navigate({ options: withOptions(options, { [name]: value }) });
  };
  const isAggregated = layouts.some((layout) =>
    layout.rows.some(({ cells }) => cells.some((cell) => cell.length > 1)),
  );
  const axes = results.columns.filter(
    ({ kind, isVarying }) => isVarying && (kind === 'setting' || kind === 'seed'),
  );
  const axisChoices = axes.map(({ name, title }) => ({ value: name, text: title }));
  const inTooltip = [...new Set([...(column ? [column] : []), ...numeric.filter(({ isShown }) => isShown)])];
  return (
    <section class="tasks" aria-labelledby="tasks-heading">
      <div class="heading">
        <h2 id="tasks-heading">Tasks</h2>
        <Groups group={group} a={a} b={b} onGroup={setGroup} onClear={props.onClear} />
      </div>
      <div class="choices">
        <Select
          label="Color"
          value={column?.name ?? 'state'}
          choices={[
            { value: 'state', text: 'state' },
            ...numeric.map(({ name, title }) => ({ value: name, text: title })),
          ]}
          onChange={set('color')}
        />
        {column !== undefined && <ScaleSelect value={scaleName} onChange={set('scale')} />}
        <Select
          label="Rows"
          value={results.byName.has(rows) ? rows : ''}
          choices={[{ value: '', text: 'all settings' }, ...axisChoices]}
          onChange={set('rows')}
        />
        <Select
          label="Columns"
          value={columns === TOGETHER || results.byName.has(columns) ? columns : ''}
          choices={[
            { value: '', text: 'each seed' },
            { value: TOGETHER, text: 'all seeds together' },
            ...axisChoices,
          ]}
          onChange={set('columns')}
        />
        {isAggregated && column !== undefined && (
          <Select
            label="Cells show"
            value={statistic}
            choices={STATISTICS.map((name) => ({ value: name, text: STATISTIC_TEXTS[name] }))}
            onChange={set('statistic')}
          />
        )}
        <Scale coloring={coloring} isAggregated={isAggregated} />
      </div>
      {!results.isRead && results.problem === null && (
        <p class="hint">Reading the results of finished tasks …</p>
      )}
      {results.problem !== null && <p class="problem">{results.problem}</p>}
      <div class="grids">
        {layouts.map((layout) => (
          <Grid
            key={layout.name}
            states={states}
            layout={layout}
            viewById={viewById}
            address={address}
            coloring={coloring}
            isMatch={isMatch}
            group={group}
            onPick={onPick}
            onHover={setHovered}
          />
        ))}
      </div>
      {hovered !== null && (
        <Tooltip
          hovered={hovered}
          states={states}
          viewById={viewById}
          columns={inTooltip.slice(0, MAX_RESULTS)}
        />
      )}
      <p class="quiet small">
        Click a task, or the name of a row or column, to add it to the group. With the keyboard, use the arrow
        keys, then Enter, a or b.
      </p>
    </section>
  );
}

const STATISTIC_TEXTS: Readonly<Record<StatisticName, string>> = {
  mean: 'mean',
  spread: 'standard deviation',
  min: 'min',
  max: 'max',
};

function ScaleSelect({ value, onChange }: { value: ScaleName; onChange: (value: string) => void }) {
  return (
    <Select
      label="Scale"
      value={value}
      choices={SCALES.map((name) => ({ value: name, text: name }))}
      onChange={onChange}
    />
  );
}

function Scale({ coloring, isAggregated }: { coloring: Coloring | null; isAggregated: boolean }) {
  return coloring === null ? null : <Legend coloring={coloring} isAggregated={isAggregated} />;
}

/** Returns the first result once no task is left to do. Until then, the states are of more interest. */
function initialColor(numeric: readonly Column[], viewById: ReadonlyMap<string, TaskView>): string {
  const isOver = [...viewById.values()].every(
    ({ state }) => state === 'done' || state === 'failed' || state === 'corrupt',
  );
  const first = numeric.find(({ kind, isShown, isVarying }) => kind === 'result' && isShown && isVarying);
  return isOver ? (first?.name ?? 'state') : 'state';
}

function initialScale(column: Column | undefined): ScaleName {
  return column?.isLog === true ? 'log' : 'sequential';
}
