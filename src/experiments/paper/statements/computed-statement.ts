import { isOfKind, type ComputedRuns } from './computed.js';
import type { ComputedKind } from '../../theory/computations/quantities.js';
import type { ComputedDefinition, StatementRuns } from './computed-definition.js';
import { computedRunsTable } from './computed-runs-table.js';
import { earlyEndings, outcomeOf, verdictLine } from './judge.js';
import { runNames } from './run-names.js';
import { settingTable } from './setting-table.js';
import type { Examination, StatementDefinition } from './statement.js';
import { toFigures } from './to-figures.js';

export function computedStatement<Kind extends ComputedKind>(
  definition: ComputedDefinition<Kind>,
): StatementDefinition {
  const { name, title, explanation, findings } = definition;
  return {
    name,
    title,
    explanation,
    findings,
    examine: ({ computed }) => {
      const of = select(definition, computed);
      return of.runs.length + of.missing.length === 0 ? null : examine(definition, of);
    },
  };
}

function select<Kind extends ComputedKind>(
  { kind, isAbout = () => true, labeledElsewhere }: ComputedDefinition<Kind>,
  computed: ComputedRuns,
): StatementRuns<Kind> {
  const runs = computed.runs.filter((run) => isOfKind(run, kind)).filter(({ settings }) => isAbout(settings));
  const missing = computed.missing.filter(
    ({ task: { settings } }) => settings.kind === kind && isAbout({ ...settings }),
  );
  const all = [...runs.map(({ settings }) => settings), ...missing.map(({ task }) => ({ ...task.settings }))];
  return { runs, missing, names: runNames(all, labeledElsewhere) };
}

function examine<Kind extends ComputedKind>(
  definition: ComputedDefinition<Kind>,
  of: StatementRuns<Kind>,
): Examination {
  const { runs, names } = of;
  const hasRuns = runs.length > 0;
  return {
    outcome: outcomeOf(of),
    verdict: verdictLine(definition.numbers, of),
    notes: hasRuns ? [...earlyEndings(definition, of), ...(definition.remarks?.(runs) ?? [])] : [],
    exceptions: runs
      .filter(({ verdict }) => !verdict.holds)
      .map(({ settings, verdict }) => `${names.run(settings)}: ${verdict.outcome}`),
    tables: hasRuns ? [settingTable(definition, of)] : [],
    runs: hasRuns ? computedRunsTable(definition, of) : null,
    draw: () =>
      hasRuns
        ? toFigures(definition, definition.draw(runs, names))
        : { figures: [], notes: [`${definition.title}: none of its tasks is done.`] },
  };
}
