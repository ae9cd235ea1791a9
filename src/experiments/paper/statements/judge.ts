import type { ComputedKind } from '../../theory/computations/quantities.js';
import { quantities } from '../../theory/computations/quantities.js';
import { groupBy } from '../../../report/group-by.js';
import { countTasks, formatNumber } from '../../../report/tables/format.js';
import type { ComputedDefinition, StatementRuns } from './computed-definition.js';
import { extreme, formatRange, valuesOf, type Measured } from './measured.js';
import type { TheoryOutcome } from './statement.js';

/**
 * Returns the outcome of a statement. A single task that disagrees refutes it. It holds only if every requested task is finished, complete
 * and agrees.
 */
export function outcomeOf<Kind extends ComputedKind>({ runs, missing }: StatementRuns<Kind>): TheoryOutcome {
  if (runs.some(({ verdict }) => !verdict.holds)) return 'does not hold';
  if (missing.length > 0) return 'not enough tasks';
  return runs.every(({ verdict }) => verdict.complete) ? 'holds' : 'holds as far as computed';
}

/** Returns a verdict, for example `Holds in 38 of 40 tasks; smallest margin 0.2 (2-6-4, seed 3)`. */
export function verdictLine<Kind extends ComputedKind>(
  numbers: readonly Measured<Kind>[],
  { runs, missing, names }: StatementRuns<Kind>,
): string {
  const requested = runs.length + missing.length;
  if (runs.length === 0) return `${countTasks(0, requested)} finished`;
  const extremes = numbers
    .filter(({ isInVerdict }) => isInVerdict)
    .flatMap((measured) => {
      const found = extreme(measured, runs);
      if (found === undefined) return [];
      return [`${measured.head} ${formatNumber(found.value)} (${names.run(found.run.settings)})`];
    });
  const absent = missing.length === 0 ? [] : [`${countTasks(missing.length, requested)} missing`];
  return [...counts(runs), ...extremes, ...absent].join('; ');
}

/** Counts the tasks that hold. Tasks that ended early are counted separately, because they agree only as far as they got. */
function counts<Kind extends ComputedKind>(runs: StatementRuns<Kind>['runs']): string[] {
  const holding = (some: typeof runs) => some.filter(({ verdict }) => verdict.holds).length;
  const complete = runs.filter(({ verdict }) => verdict.complete);
  const early = runs.filter(({ verdict }) => !verdict.complete);
  const ended =
    early.length === 0
      ? []
      : [
          `of ${early.length} that ended early, ${holding(early)} ${holding(early) === 1 ? 'holds' : 'hold'} so far`,
        ];
  if (complete.length === 0) return ['No task is complete', ...ended];
  return [`Holds in ${countTasks(holding(complete), complete.length)}`, ...ended];
}

/** Returns a sentence per outcome, for example `2 tasks ended early, k-exploded (K exceeded largestK): time 1.2 to 3, K 1.00e+6.` */
export function earlyEndings<Kind extends ComputedKind>(
  { kind, reached = [] }: ComputedDefinition<Kind>,
  { runs }: StatementRuns<Kind>,
): string[] {
  const early = runs.filter(({ verdict }) => !verdict.complete);
  const meanings: Readonly<Record<string, string>> = quantities[kind].outcomes;
  return [...groupBy(early, ({ verdict }) => verdict.outcome)].map(([outcome, ended]) => {
    const numbers = reached.map(
      (measured) => `${measured.head} ${formatRange(valuesOf(measured, ended).map(({ value }) => value))}`,
    );
    const meaning = Object.hasOwn(meanings, outcome) ? ` (${meanings[outcome] ?? ''})` : '';
    const count = `${ended.length} ${ended.length === 1 ? 'task' : 'tasks'} ended early`;
    return `${count}, ${outcome}${meaning}${numbers.length === 0 ? '' : `: ${numbers.join(', ')}`}.`;
  });
}
