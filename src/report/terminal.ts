import { aggregate } from '../aggregate/aggregate.js';
import type { Sweep } from '../sweep/load.js';
import { toTerminal } from './renderers.js';
import { makeTable } from './table.js';

/** The tables of a sweep, for the end of a run. */
export function terminalReport(sweep: Sweep, outDir: string): string {
  const { parts, problems } = aggregate(sweep, outDir);
  const lines = problems.map(({ task, problem }) => `${task.name} is left out: ${problem}`);
  return [...parts.map((part) => toTerminal(makeTable(part))), ...lines].join('\n\n');
}
