import {
  isOfKind,
  type ComputedRuns,
  type ComputedSettings,
  type MissingComputation,
  type RunOf,
} from '../../aggregate/computed.js';
import type { ComputedKind } from '../../theory/computations/quantities.js';
import type { FigureSet } from '../figures/make.js';
import { computedRunsTable } from './computed-runs-table.js';
import { earlyEndings, outcomeOf, verdictLine } from './judge.js';
import type { Measured } from './measured.js';
import { runNames, type RunNames } from './run-names.js';
import { settingTable } from './setting-table.js';
import type { Examination, StatementDefinition, StatementText } from './statement.js';

/** A statement that computations of one kind speak of. */
export interface ComputedDefinition<Kind extends ComputedKind> extends StatementText {
  readonly kind: Kind;
  /** Which of the kind's runs. Default: all. */
  readonly isAbout?: (settings: ComputedSettings) => boolean;
  /** Settings that do not tell runs apart, whether they vary or not. */
  readonly toldOtherwise?: readonly string[];
  /** Columns of the table by setting. */
  readonly numbers: readonly Measured<Kind>[];
  /** Columns of words, before the numbers: of a setting, what it stands for. */
  readonly words?: readonly SettingWords[];
  /** How far a run got that ended early: its time, say. */
  readonly reached?: readonly Measured<Kind>[];
  /** Further sentences, from the finished runs; there is at least one. */
  readonly remarks?: (runs: readonly RunOf<Kind>[]) => readonly string[];
  readonly draw: (runs: readonly RunOf<Kind>[], names: RunNames) => FigureSet;
}

export interface SettingWords {
  readonly head: string;
  readonly of: (settings: ComputedSettings) => string;
}

/** Runs of a statement, and how they are told apart. */
export interface StatementRuns<Kind extends ComputedKind> {
  readonly runs: readonly RunOf<Kind>[];
  readonly missing: readonly MissingComputation[];
  readonly names: RunNames;
}

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
  { kind, isAbout = () => true, toldOtherwise }: ComputedDefinition<Kind>,
  computed: ComputedRuns,
): StatementRuns<Kind> {
  const runs = computed.runs.filter((run) => isOfKind(run, kind)).filter(({ settings }) => isAbout(settings));
  const missing = computed.missing.filter(
    ({ task: { settings } }) => settings.kind === kind && isAbout({ ...settings }),
  );
  const all = [...runs.map(({ settings }) => settings), ...missing.map(({ task }) => ({ ...task.settings }))];
  return { runs, missing, names: runNames(all, toldOtherwise) };
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
        ? definition.draw(runs, names)
        : { figures: [], notes: [`${definition.title}: none of its runs has finished.`] },
  };
}
