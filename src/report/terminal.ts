import type { ReportContribution } from './contribution.js';
import type { PartRuns } from './runs.js';
import { meansTables } from './tables/means-tables.js';
import { toTerminal } from './tables/renderers.js';

/** The tables of means of the parts that have any. */
export function terminalTables(
  parts: readonly PartRuns[],
  contributions: readonly ReportContribution[],
): string {
  const texts = parts.flatMap((part) => {
    const { name, title, tasks } = part.part;
    const tables = meansTables(part, contributions);
    if (tables === null) return [];
    if (part.runs.length === 0) return `${title ?? name}: none of ${tasks.length} runs has finished`;
    return tables.map(toTerminal).join('\n\n');
  });
  return texts.join('\n\n');
}

/** Those that say something, apart from each other. */
export function paragraphs(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n\n');
}
