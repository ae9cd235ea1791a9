import type { ComputedKind } from '../../theory/computations/quantities.js';
import { quantities } from '../../theory/computations/quantities.js';
import { groupBy } from '../../../report/group-by.js';
import { countTasks, formatNumber } from '../../../report/tables/format.js';
import type { ComputedDefinition, StatementRuns } from './computed-definition.js';
import { extreme, formatRange, valuesOf, type Measured } from './measured.js';
import type { TheoryOutcome } from './statement.js';

/** One run that disagrees refutes a statement; it holds only if every run that was asked for is there, complete, and agrees. */
export function outcomeOf<Kind extends ComputedKind>({ runs, missing }: StatementRuns<Kind>): TheoryOutcome {
  if (runs.some(({ verdict }) => !verdict.holds)) return 'does not hold';
  if (missing.length > 0) return 'not enough runs';
  return runs.every(({ verdict }) => verdict.complete) ? 'holds' : 'holds as far as computed';
}

/** As `Holds in 38 of 40 runs; smallest margin 0.2 (2-6-4, seed 3)`. */
export function verdictLine<Kind extends ComputedKind>(
  numbers: readonly Measured<Kind>[],
  { runs, missing, names }: StatementRuns<Kind>,
): string {
  const asked = runs.length + missing.length;
  if (runs.length === 0) return `None of ${asked} ${asked === 1 ? 'run' : 'runs'} has finished`;
  const extremes = numbers
    .filter(({ isInVerdict }) => isInVerdict)
    .flatMap((measured) => {
      const found = extreme(measured, runs);
      if (found === undefined) return [];
      return [`${measured.head} ${formatNumber(found.value)} (${names.run(found.run.settings)})`];
    });
  const absent = missing.length === 0 ? [] : [`${missing.length} of ${asked} runs are missing`];
  return [...counts(runs), ...extremes, ...absent].join('; ');
}

/** A run that ended early agrees as far as it got, which is less. */
function counts<Kind extends ComputedKind>(runs: StatementRuns<Kind>['runs']): string[] {
  const holding = (some: typeof runs) => some.filter(({ verdict }) => verdict.holds).length;
  const complete = runs.filter(({ verdict }) => verdict.complete);
  const early = runs.filter(({ verdict }) => !verdict.complete);
  const ended =
    early.length === 0 ? [] : [`of ${early.length} that ended early ${holding(early)} hold so far`];
  if (complete.length === 0) return ['No run is complete', ...ended];
  return [`Holds in ${countTasks(holding(complete), complete.length)}`, ...ended];
}

/** By outcome, as `2 runs ended early, k-exploded (K exceeded largestK): time 1.2 to 3, largest K 1.00e+6`. */
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
    const count = `${ended.length} ${ended.length === 1 ? 'run' : 'runs'} ended early`;
    return `${count}, ${outcome}${meaning}${numbers.length === 0 ? '' : `: ${numbers.join(', ')}`}.`;
  });
}
