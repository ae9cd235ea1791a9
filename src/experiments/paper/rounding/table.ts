import { formatNumber } from '../../../report/tables/format.js';
import type { Table } from '../../../report/tables/table.js';
import { comparedMetric } from '../tables/compared.js';
import { stepNotes } from '../tables/printed-runs.js';
import type { Robustness, PerturbedNumber } from './numbers.js';

/** Returns a table of the printed numbers with what perturbations do to them. */
export function roundingTable(numbers: readonly PerturbedNumber[]): Table {
  const count = (robustness: Robustness) => numbers.filter((one) => one.robustness === robustness).length;
  const judged = numbers.filter(({ robustness }) => !robustness.startsWith('not judged')).length;
  return {
    name: 'rounding',
    title: 'Robustness of the printed numbers to rounding',
    caption:
      'Means over the seeds of the paper, from the initial parameters and from parameters that are moved by one unit in the last place. ' +
      `${count('robust')} of the ${judged} numbers that are judged are robust (all means round to the same printed digits), of ${count('digits vary')} the ` +
      `digits vary, and ${count('chaotic')} are chaotic (the digits vary, and tasks that differ in the last bit end with different numbers of ` +
      `encoder variances below 0.5). ${numbers.length - judged} are not judged, because tasks or steps are missing.`,
    head: ['table', 'cell', 'row', 'printed', 'unperturbed', 'perturbed', 'robustness', 'different optima'],
    body: numbers.map((one) => [
      one.table,
      one.cell.name,
      one.row.label,
      formatNumber(one.printed),
      formatNumber(one.unperturbed),
      rangeText(one.perturbed),
      one.robustness,
      one.optima.join('; '),
    ]),
    notes: [...new Set(numbers.flatMap(({ cell }) => stepNotes([cell])))],
    records: numbers.map((one) => ({
      table: one.table,
      ...one.cell.fields,
      metric: comparedMetric(one, one.row, one.cell.settings),
      printed: one.printed,
      unperturbed: one.unperturbed,
      perturbed: one.perturbed.join(' '),
      robustness: one.robustness,
      optima: one.optima.join('; '),
    })),
  };
}

/** Returns, for example, `0.21 to 0.31 (10)`, with the number of means. */
function rangeText(values: readonly number[]): string {
  if (values.length === 0) return formatNumber(null);
  const [low, high] = [Math.min(...values), Math.max(...values)].map(formatNumber);
  return `${low === high ? String(low) : `${String(low)} to ${String(high)}`} (${values.length})`;
}
