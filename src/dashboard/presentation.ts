import { shortTitleOf, STEP } from '../report/column-titles.js';
import { contributionOf, loadContributions } from '../report/contribution.js';
import type { Sweep } from '../sweep/load.js';
import type { LogColumn } from '../task/column.js';
import type { ExperimentDetails } from '../task/experiment.js';
import { experimentOf, loadDetails } from '../task/registry.js';
import type { Task } from '../task/task.js';
import type { ChartView, ExperimentView } from './page/protocol.js';

/** The maximum number of charts for experiments that do not choose any. */
const MAX_CHARTS = 12;

/** How to show the tasks of a sweep, by experiment. */
export interface Presentation {
  readonly experiments: Readonly<Record<string, ExperimentView>>;
  /** The columns with logarithms by metric, for metrics that the step log has as logarithms. */
  readonly logarithms: ReadonlyMap<string, string>;
}

export async function presentationOf({ parts }: Pick<Sweep, 'parts'>): Promise<Presentation> {
  const firsts = parts.flatMap(({ tasks }) => tasks.slice(0, 1));
  const detailsOf = await loadDetails(firsts);
  const contributions = await loadContributions();
  const shown = firsts.map((task) => {
    const columns = chartColumns(detailsOf(task), task);
    const { title = null } = contributionOf(contributions, task)?.picture ?? {};
    const view = { charts: columns.map(toChart), picture: title };
    return { name: experimentOf(task.settings).name, columns, view };
  });
  return {
    experiments: Object.fromEntries(shown.map(({ name, view }) => [name, view])),
    logarithms: new Map(
      shown.flatMap(({ columns }) =>
        columns.flatMap(({ name, logarithm }) =>
          logarithm === undefined ? [] : [[name, logarithm] as const],
        ),
      ),
    ),
  };
}

/** Returns the columns of all logs that the experiment chooses, or all numeric columns if it chooses none. */
function chartColumns(details: ExperimentDetails, { settings }: Task): LogColumn[] {
  const { steps = [], evaluations = [], rows = [] } = details.logs(settings);
  const all = [...steps, ...evaluations, ...rows];
  const drawn = all.filter(({ name, type }) => name !== STEP && type !== 'utf8' && type !== 'bool');
  const distinct = new Map(drawn.map((column) => [column.name, column]));
  const names = details.shown?.(settings).charts ?? [...distinct.keys()].slice(0, MAX_CHARTS);
  return names.flatMap((name) => distinct.get(name) ?? []);
}

function toChart(column: LogColumn): ChartView {
  return { metric: column.name, title: shortTitleOf(column), startsLog: column.isLog ?? false };
}
