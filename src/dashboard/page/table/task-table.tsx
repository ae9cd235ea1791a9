import { useMemo, useRef, useState } from 'preact/hooks';
import { toggled, withOptions, type Address, type GroupName, type Navigate } from '../address.js';
import { formatCount } from '../format.js';
import type { States, TaskInfo, TaskView } from '../protocol.js';
import type { Column, Results } from '../results.js';
import { Select } from '../select.js';
import { ColumnChoice } from './column-choice.js';
import { download, toCsv } from './csv.js';
import { HeadCell, TableRow } from './table-row.js';
import { tasksOf, TASK, useRows, type Sorting } from './rows.js';
import { useVisibleRows } from './virtual.js';

const ROW_HEIGHT = 30;
/** The maximum number of tasks in a group. */
const MAX_SELECTED = 256;

interface TaskTableProps {
  readonly sweep: string;
  readonly states: States;
  /** The tasks that match the filters. */
  readonly infos: readonly TaskInfo[];
  readonly viewById: ReadonlyMap<string, TaskView>;
  readonly results: Results;
  readonly address: Address;
  readonly navigate: Navigate;
  readonly onPick: (group: GroupName, ids: readonly string[]) => void;
}

/** Shows all tasks that match the filters, with their settings and results. */
export function TaskTable(props: TaskTableProps) {
  const { sweep, states, infos, viewById, results, address, navigate, onPick } = props;
  const { options } = address;
  const [expanded, setExpanded] = useState<Readonly<Record<string, boolean>>>({});
  const place = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => shownColumns(results, options['shown']), [results, options['shown']]);
  const groupBy = useMemo(
    () => (options['group'] ?? '').split(',').flatMap((name) => results.byName.get(name) ?? []),
    [results, options['group']],
  );
  const sorting = parseSorting(options['sort']);
  const { rows, all } = useRows({ infos, columns: results.columns, groupBy, sorting, expanded });
  const { items, above, below } = useVisibleRows(rows.length, ROW_HEIGHT, place);
  const set = (change: Record<string, string>): void => {
    navigate({ options: withOptions(options, change) });
  };
  const sort = (name: string): void => {
    const next = sorting?.name !== name ? name : sorting.isDescending ? '' : `-${name}`;
    set({ sort: next });
  };
  const settings = results.columns.filter(
    ({ kind, isVarying }) => isVarying && (kind === 'setting' || kind === 'seed'),
  );
  const matching = infos.slice(0, MAX_SELECTED).map(({ id }) => id);
  const selected = useMemo(() => new Set([...address.a, ...address.b]), [address.a, address.b]);
  return (
    <section class="task-table" aria-labelledby="table-heading">
      <div class="heading">
        <h2 id="table-heading">
          {groupBy.length === 0
            ? `${formatCount(infos.length)} tasks`
            : `${formatCount(all.length)} groups of ${formatCount(infos.length)} tasks`}
        </h2>
        <div class="tools">
          <button
            type="button"
            title={infos.length > MAX_SELECTED ? `A group has up to ${MAX_SELECTED} tasks` : undefined}
            onClick={() => {
              navigate({ a: matching, b: address.b.filter((id) => !matching.includes(id)) });
            }}
          >
            {`select ${infos.length > MAX_SELECTED ? `the first ${MAX_SELECTED}` : 'all'}`}
          </button>
          <button
            type="button"
            onClick={() => {
              navigate({ a: [], b: [] });
            }}
          >
            clear selection
          </button>
          <button
            type="button"
            onClick={() => {
              download(`${sweep}-tasks.csv`, toCsv(all, shown, groupBy));
            }}
          >
            download CSV
          </button>
        </div>
      </div>
      <div class="choices">
        <GroupChoice settings={settings} groupBy={groupBy} set={set} />
        <ColumnChoice
          columns={results.columns}
          shown={shown}
          onChange={(names) => {
            set({ shown: names });
          }}
        />
        <span class="quiet small">
          Click a heading to sort, and a task to see its details.
          {groupBy.length > 0 && ' Numbers are means ± standard errors.'}
        </span>
      </div>
      {results.problem !== null && <p class="problem">{results.problem}</p>}
      {!results.isRead && results.problem === null && (
        <p class="hint">Reading the results of finished tasks …</p>
      )}
      {infos.length === 0 && <p class="hint">No task matches the filters.</p>}
      <div class="scroll rows" ref={place} tabIndex={0} role="region" aria-label="Table of tasks">
        <table aria-rowcount={rows.length + 1}>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col" class="check">
                <span class="hidden">Selected</span>
              </th>
              <HeadCell
                title={groupBy.length === 0 ? 'task' : 'group'}
                name={TASK}
                sorting={sorting}
                onSort={sort}
              />
              {shown.map(({ name, title }) => (
                <HeadCell key={name} title={title} name={name} sorting={sorting} onSort={sort} />
              ))}
            </tr>
          </thead>
          <tbody>
            <Spacer height={above} columns={shown.length + 2} />
            {items.map(({ index }) => {
              const row = rows[index];
              if (row === undefined) return null;
              const tasks = tasksOf(row);
              return (
                <TableRow
                  key={row.id}
                  index={index}
                  row={row}
                  tasks={tasks}
                  columns={shown}
                  groupBy={groupBy}
                  states={states}
                  viewById={viewById}
                  isSelected={tasks.every(({ id }) => selected.has(id))}
                  isOpen={tasks.length === 1 && tasks[0]?.id === address.task}
                  onSelect={() => {
                    const ids = tasks.map(({ id }) => id);
                    const isIn = ids.every((id) => selected.has(id));
                    if (!isIn) onPick('a', ids);
                    else navigate({ ...toggled({ ...address, a: [...selected], b: [] }, 'a', ids) });
                  }}
                  onOpen={(id) => {
                    navigate({ task: id });
                  }}
                  onExpand={() => {
                    setExpanded((before) => ({ ...before, [row.id]: before[row.id] !== true }));
                  }}
                />
              );
            })}
            <Spacer height={below} columns={shown.length + 2} />
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface GroupChoiceProps {
  readonly settings: readonly Column[];
  readonly groupBy: readonly Column[];
  readonly set: (change: Record<string, string>) => void;
}

/** Chooses the settings that the rows of a group share. */
function GroupChoice({ settings, groupBy, set }: GroupChoiceProps) {
  const names = groupBy.map(({ name }) => name);
  const allButSeeds = settings.filter(({ kind }) => kind === 'setting').map(({ name }) => name);
  const others = settings.filter(({ name }) => !names.includes(name));
  return (
    <>
      <Select
        label="Group by"
        value=""
        choices={[
          {
            value: '',
            text: groupBy.length === 0 ? 'nothing' : groupBy.map(({ title }) => title).join(', '),
          },
          { value: allButSeeds.join(), text: 'all settings except seeds' },
          ...others.map(({ name, title }) => ({ value: [...names, name].join(), text: `+ ${title}` })),
        ].filter(({ value }, index) => index === 0 || value !== '')}
        onChange={(group) => {
          if (group !== '') set({ group });
        }}
      />
      {groupBy.length > 0 && (
        <button
          type="button"
          onClick={() => {
            set({ group: '' });
          }}
        >
          no groups
        </button>
      )}
    </>
  );
}

/** Takes the room of the rows that are not drawn. */
function Spacer({ height, columns }: { readonly height: number; readonly columns: number }) {
  return height <= 0 ? null : (
    <tr aria-hidden="true">
      <td colSpan={columns} class="spacer" style={{ height: `${height}px` }} />
    </tr>
  );
}

function parseSorting(text = ''): Sorting | null {
  if (text === '') return null;
  const isDescending = text.startsWith('-');
  return { name: isDescending ? text.slice(1) : text, isDescending };
}

/** Returns the chosen columns, or those that are initially shown. */
function shownColumns({ columns, byName }: Results, names: string | undefined): Column[] {
  if (names !== undefined) return names.split(',').flatMap((name) => byName.get(name) ?? []);
  return columns.filter(({ isShown }) => isShown);
}
