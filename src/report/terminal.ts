import type { ReportContribution } from './contribution.js';
import type { PartRuns } from './runs.js';
import { meansTables } from './tables/means-tables.js';
import { toTerminal } from './tables/renderers.js';

/** Renders the tables of means of all parts that have any. */
export function terminalTables(
  parts: readonly PartRuns[],
  contributions: readonly ReportContribution[],
): string {
  const texts = parts.flatMap((part) => {
    const { name, title, tasks } = part.part;
    const tables = meansTables(part, contributions);
    if (tables === null) return [];
    if (part.runs.length === 0) return `${title ?? name}: none of the ${tasks.length} tasks is done`;
    return tables.map(toTerminal).join('\n\n');
  });
  return texts.join('\n\n');
}

/** Joins the texts that are not empty, separated by blank lines. */
export function joinParagraphs(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n\n');
}
