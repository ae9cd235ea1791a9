import { useMemo } from 'preact/hooks';
import { withOptions, type Address, type Navigate } from '../address.js';
import { groupStroke, taskStroke } from '../colors.js';
import type { SweepState, TaskInfo, TaskView } from '../protocol.js';
import type { Column, Results } from '../results.js';
import { Select } from '../select.js';
import { Comparison } from '../tables.js';
import { Pictures } from '../task.js';
import { Charts, chartsOf } from './charts.js';
import { formatChoices, parseChoices } from './curve-choices.js';
import { Selected } from './selected.js';
import type { DrawnTask } from './series.js';

/** The maximum number of tasks with curves: more would be hard to distinguish and slow. */
const MAX_DRAWN = 32;
/** The maximum number of tasks whose means are drawn. */
const MAX_IN_MEANS = 96;
const MAX_PICTURES = 6;

interface CurvesProps {
  readonly state: SweepState;
  readonly epoch: number;
  readonly viewById: ReadonlyMap<string, TaskView>;
  readonly results: Results;
  readonly address: Address;
  readonly navigate: Navigate;
  /** The selected tasks that have curves. */
  readonly a: readonly TaskInfo[];
  readonly b: readonly TaskInfo[];
  /** Changes when a task ends, and on reconnection. */
  readonly version: string;
  readonly isDark: boolean;
}

/** Shows the selected tasks: their curves, the comparison of the groups, and their pictures. */
export function Curves(props: CurvesProps) {
  const { state, epoch, viewById, results, address, navigate, a, b, version, isDark } = props;
  const { experiments, name } = state;
  const { options } = address;
  const chosen = [...a, ...b];
  const chosenNames = [...new Set(chosen.map(({ experiment }) => experiment))].join();
  const charts = useMemo(() => chartsOf(experiments, chosenNames.split(',')), [experiments, chosenNames]);
  const pictured = chosen.filter(({ experiment }) => experiments[experiment]?.picture != null);
  const done = pictured.filter(({ id }) => viewById.get(id)?.state === 'done');
  const grouping = results.byName.get(options['curves'] ?? '');
  const all = grouping === undefined ? drawnTasks(a, b, isDark) : groupedTasks(chosen, grouping, isDark);
  const drawn = all.map((task): DrawnTask => ({
    ...task,
    version: `${viewById.get(task.id)?.version ?? ''} ${epoch}`,
  }));
  const choices = parseChoices(options);
  const settings = results.columns.filter(
    ({ kind, isVarying }) => isVarying && (kind === 'setting' || kind === 'seed'),
  );
  return (
    <>
      {chosen.length > 0 && (
        <Selected
          drawn={drawn}
          hasMeans={grouping !== undefined}
          onRemove={(id) => {
            navigate({
              a: address.a.filter((other) => other !== id),
              b: address.b.filter((other) => other !== id),
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
        hasMeans={grouping !== undefined}
        choices={choices}
        onChoose={(change, mode) => {
          navigate({ options: withOptions(options, formatChoices({ ...choices, ...change })) }, mode);
        }}
        isDark={isDark}
      >
        <Select
          label="Means by"
          value={grouping?.name ?? ''}
          choices={[
            { value: '', text: 'none' },
            ...settings.map((column) => ({ value: column.name, text: column.title })),
          ]}
          onChange={(curves) => {
            navigate({ options: withOptions(options, { curves }) });
          }}
        />
      </Charts>
      {a.length > 0 && b.length > 0 && (
        <Comparison sweep={name} a={address.a} b={address.b} version={version} />
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
    </>
  );
}

type Stroked = Omit<DrawnTask, 'version'>;

/** Returns the tasks to draw one by one. */
function drawnTasks(a: readonly TaskInfo[], b: readonly TaskInfo[], isDark: boolean): Stroked[] {
  const areCompared = a.length > 0 && b.length > 0;
  const of = (infos: readonly TaskInfo[], group: 'a' | 'b'): Stroked[] =>
    infos.map(({ id, label }, index) => ({
      id,
      label: areCompared ? `${group.toUpperCase()}: ${label}` : label,
      group: '',
      stroke: areCompared ? groupStroke(group, index, isDark) : taskStroke(index, isDark),
    }));
  return [...of(a, 'a'), ...of(b, 'b')].slice(0, MAX_DRAWN);
}

/** Returns the tasks to draw as means over the tasks with the same value of a setting. */
function groupedTasks(infos: readonly TaskInfo[], column: Column, isDark: boolean): Stroked[] {
  const drawn = infos.slice(0, MAX_IN_MEANS);
  const ordered = [...new Set(drawn.map(({ id }) => column.textOf(id)))];
  const indices = new Map(
    (column.texts ?? ordered).filter((text) => ordered.includes(text)).map((text, index) => [text, index]),
  );
  return drawn.map(({ id, label }) => {
    const text = column.textOf(id);
    return {
      ...{ id, label },
      group: `${column.title} ${text || 'none'}`,
      stroke: taskStroke(indices.get(text) ?? indices.size, isDark),
    };
  });
}
