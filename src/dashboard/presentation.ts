import { shortTitleOf, STEP } from '../report/column-words.js';
import { contributionOf, loadContributions } from '../report/contribution.js';
import type { Sweep } from '../sweep/load.js';
import type { LogColumn } from '../task/column.js';
import type { ExperimentDetails } from '../task/experiment.js';
import { experimentOf, loadDetails } from '../task/registry.js';
import type { Task } from '../task/task.js';
import type { ChartView, ExperimentView } from './page/protocol.js';

/** Charts of tasks whose experiment chooses none. */
const MAX_CHARTS = 12;

/** How the tasks of a sweep are shown, by their experiments. */
export interface Presentation {
  readonly experiments: Readonly<Record<string, ExperimentView>>;
  /** Metrics of which the step log has the logarithm, with its column. */
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

/** Of all logs: what the experiment chooses, or whatever has numbers. */
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
