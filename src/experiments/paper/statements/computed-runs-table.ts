import type { ComputedSettings } from './computed.js';
import { quantities, type ComputedKind } from '../../theory/computations/quantities.js';
import { formatNumber } from '../../../report/tables/format.js';
import type { Table, TableRecord } from '../../../report/tables/table.js';
import type { ComputedDefinition, StatementRuns } from './computed-definition.js';

/** Returns a table of every finished task with all numbers of its verdict. */
export function computedRunsTable<Kind extends ComputedKind>(
  { name, title, kind }: ComputedDefinition<Kind>,
  { runs, missing, names }: StatementRuns<Kind>,
): Table {
  const measures = Object.entries(quantities[kind].measures);
  const settingNames = [...new Set(runs.flatMap(({ settings }) => Object.keys(settings)))];
  return {
    name: `${name}-runs`,
    title: `${title}: all tasks`,
    caption: `${measures.map(([measure, { description }]) => `${measure}: ${description}`).join('. ')}.`,
    head: ['task', 'outcome', 'complete', 'holds', ...measures.map(([measure]) => measure)],
    body: runs.map(({ settings, verdict }) => [
      names.run(settings),
      verdict.outcome,
      verdict.complete ? 'yes' : 'no',
      verdict.holds ? 'yes' : 'no',
      ...measures.map(([measure]) => formatNumber(numberIn(verdict.measures, measure))),
    ]),
    notes: missing.map(({ task, reason }) => `${names.run({ ...task.settings })} is missing: ${reason}`),
    records: runs.map((run) => ({
      task: run.name,
      ...Object.fromEntries(settingNames.map((setting) => [setting, fieldOf(run.settings, setting)])),
      outcome: run.verdict.outcome,
      complete: run.verdict.complete ? 1 : 0,
      holds: run.verdict.holds ? 1 : 0,
      ...Object.fromEntries(measures.map(([measure]) => [measure, numberIn(run.verdict.measures, measure)])),
    })),
  };
}

function numberIn(measures: Readonly<Record<string, number | null | undefined>>, name: string) {
  return measures[name] ?? null;
}

function fieldOf(settings: ComputedSettings, name: string): TableRecord[string] {
  const value = settings[name] ?? null;
  if (value === null) return null;
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
}
