import { toTerminal } from './tables/renderers.js';
import { meansTables } from './tables/means-tables.js';
import type { PartRuns } from './runs.js';
import type { Statement } from '../experiments/paper/statements/statement.js';

/** The tables of means of the parts that have any. */
export function terminalTables(parts: readonly PartRuns[]): string {
  return parts
    .map((part) => {
      const { name, title, tasks } = part.part;
      if (part.runs.length === 0) return `${title ?? name}: none of ${tasks.length} runs has finished`;
      return meansTables(part).map(toTerminal).join('\n\n');
    })
    .join('\n\n');
}

/** What the runs say of the theory, a line a statement. */
export function terminalTheory(statements: readonly Statement[]): string[] {
  return statements.map(({ outcome, title, verdict, notes }) =>
    [`${outcome}: ${title}. ${verdict}.`, ...notes].join(' '),
  );
}

/** Those that say something, apart from each other. */
export function paragraphs(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n\n');
}
