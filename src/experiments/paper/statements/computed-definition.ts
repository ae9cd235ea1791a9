import type { MissingRun } from '../../../report/runs.js';
import type { ComputedSettings, RunOf } from './computed.js';
import type { ComputedKind } from '../../theory/computations/quantities.js';
import type { Measured } from './measured.js';
import type { RunNames } from './run-names.js';
import type { StatementText } from './statement.js';
import type { StatementFigure } from './to-figures.js';

/** A statement that computations of one kind examine. */
export interface ComputedDefinition<Kind extends ComputedKind> extends StatementText {
  readonly kind: Kind;
  /** Selects the tasks of the kind that the statement is about. Default: all. */
  readonly isAbout?: (settings: ComputedSettings) => boolean;
  /** Settings that are left out of the labels of tasks, even if they vary. */
  readonly labeledElsewhere?: readonly string[];
  /** Columns of the table by setting. */
  readonly numbers: readonly Measured<Kind>[];
  /** Text columns before the numbers, which describe the settings. */
  readonly words?: readonly SettingWords[];
  /** Numbers that describe how far a task that ended early got, for example its time. */
  readonly reached?: readonly Measured<Kind>[];
  /** Returns further sentences about the finished tasks, of which there is at least one. */
  readonly remarks?: (runs: readonly RunOf<Kind>[]) => readonly string[];
  readonly draw: (runs: readonly RunOf<Kind>[], names: RunNames) => readonly StatementFigure[];
}

export interface SettingWords {
  readonly head: string;
  readonly of: (settings: ComputedSettings) => string;
}

/** The tasks of a statement and their labels. */
export interface StatementRuns<Kind extends ComputedKind> {
  readonly runs: readonly RunOf<Kind>[];
  readonly missing: readonly MissingRun[];
  readonly names: RunNames;
}
