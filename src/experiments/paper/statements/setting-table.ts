import type { ComputedSettings, RunOf } from './computed.js';
import type { ComputedKind } from '../../theory/computations/quantities.js';
import type { Table } from '../../../report/tables/table.js';
import type { ComputedDefinition, StatementRuns } from './computed-definition.js';
import { formatMeasured, measuredFields } from './measured.js';
import { dimensionsOf } from './run-names.js';

const HEAD_WITH_DIMENSIONS = 'r*-d-r';

/** Returns a table with one row per setting, over all its seeds. */
export function settingTable<Kind extends ComputedKind>(
  { name, title, numbers, words = [] }: ComputedDefinition<Kind>,
  of: StatementRuns<Kind>,
): Table {
  const groups = bySetting(of);
  const hasDimensions = groups.some(({ settings }) => dimensionsOf(settings) !== '');
  const endedEarly = of.runs.some(({ verdict }) => !verdict.complete);
  return {
    name,
    title,
    caption: hasDimensions
      ? 'One row per setting, over its seeds. r*-d-r: the dimensions of the data, of the space that contains them, and of the latents.'
      : 'One row per statement, over its seeds.',
    head: [
      hasDimensions ? HEAD_WITH_DIMENSIONS : 'statement',
      ...words.map(({ head }) => head),
      'tasks',
      'hold',
      ...(endedEarly ? ['ended early'] : []),
      ...numbers.map(({ head }) => head),
    ],
    body: groups.map(({ setting, settings, runs, requested }) => [
      setting,
      ...words.map((column) => column.of(settings)),
      runs.length === requested ? String(requested) : `${runs.length} of ${requested}`,
      String(holding(runs)),
      ...(endedEarly ? [String(runs.length - complete(runs))] : []),
      ...numbers.map((measured) => formatMeasured(measured, runs)),
    ]),
    notes: [],
    records: groups.map(({ setting, runs, requested }) => ({
      setting,
      runsAsked: requested,
      runsFinished: runs.length,
      runsComplete: complete(runs),
      runsHolding: holding(runs),
      ...Object.fromEntries(numbers.flatMap((measured) => Object.entries(measuredFields(measured, runs)))),
    })),
  };
}

interface SettingGroup<Kind extends ComputedKind> {
  readonly setting: string;
  readonly settings: ComputedSettings;
  readonly runs: readonly RunOf<Kind>[];
  readonly requested: number;
}

/** Groups tasks by setting, in the order of the tasks. Settings without finished tasks come last. */
function bySetting<Kind extends ComputedKind>({
  runs,
  missing,
  names,
}: StatementRuns<Kind>): SettingGroup<Kind>[] {
  const groups = new Map<string, { settings: ComputedSettings; runs: RunOf<Kind>[]; requested: number }>();
  const groupOf = (settings: ComputedSettings) => {
    const setting = names.setting(settings);
    const group = groups.get(setting) ?? { settings, runs: [], requested: 0 };
    groups.set(setting, group);
    group.requested++;
    return group;
  };
  for (const run of runs) groupOf(run.settings).runs.push(run);
  for (const { task } of missing) groupOf({ ...task.settings });
  return [...groups].map(([setting, group]) => ({ setting, ...group }));
}

function holding(runs: readonly RunOf<ComputedKind>[]): number {
  return runs.filter(({ verdict }) => verdict.holds).length;
}

function complete(runs: readonly RunOf<ComputedKind>[]): number {
  return runs.filter(({ verdict }) => verdict.complete).length;
}
