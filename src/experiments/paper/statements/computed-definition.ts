import type { MissingRun } from '../../../report/runs.js';
import type { ComputedSettings, RunOf } from './computed.js';
import type { ComputedKind } from '../../theory/computations/quantities.js';
import type { Measured } from './measured.js';
import type { RunNames } from './run-names.js';
import type { StatementText } from './statement.js';
import type { StatementFigure } from './to-figures.js';

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
  readonly draw: (runs: readonly RunOf<Kind>[], names: RunNames) => readonly StatementFigure[];
}

export interface SettingWords {
  readonly head: string;
  readonly of: (settings: ComputedSettings) => string;
}

/** Runs of a statement, and how they are told apart. */
export interface StatementRuns<Kind extends ComputedKind> {
  readonly runs: readonly RunOf<Kind>[];
  readonly missing: readonly MissingRun[];
  readonly names: RunNames;
}
