import type { z } from 'zod';
import type { TheorySettingInputs, TrainingSettingInputs } from '../experiments/index.js';
import type { experimentFileSchema } from '../sweep/file-schema.js';
import type { SPACE_KEYS } from '../sweep/space-schema.js';
import type { SweepObject } from '../sweep/sweep-file.js';

/**
 * A sweep as an object: a name, and the keys and values of a sweep file of one experiment. It can't list other sweeps. With the name of a
 * built-in experiment, as in `SweepDescription<'linear'>` or in an object that is passed directly, its settings have types too.
 */
export type SweepDescription<Experiment extends string = string> = SweepObject &
  Other & {
    /** Name of the experiment, built in or of a plugin. */
    readonly experiment: Experiment;
  } & Values<SettingsOf<Experiment>>;

/** Settings of a task, with one value each. */
export type SweepCell<Experiment extends string = string> = Cell<SettingsOf<Experiment>>;

/** The settings of the built-in experiments, by experiment. */
type BuiltInSettings = TrainingSettingInputs & TheorySettingInputs;
type AnySettings = Readonly<Record<string, string | number | boolean | null | readonly number[]>>;
type SettingsOf<Experiment> = Experiment extends keyof BuiltInSettings
  ? BuiltInSettings[Experiment]
  : AnySettings;

type File = z.input<ReturnType<typeof experimentFileSchema>>;
/** The keys whose types do not depend on the experiment. */
type Other = Readonly<Omit<File, 'name' | 'experiment' | keyof Values<AnySettings>>>;

/** The keys whose types depend on the experiment. */
interface Values<Settings> {
  /** Settings with a list of values each. Each combination of the values is a task. */
  readonly grid?: { readonly [Name in keyof Settings]?: readonly Listed<Settings[Name]>[] };
  /** Settings that are the same in all tasks. */
  readonly settings?: Cell<Settings>;
  /** Additional tasks. */
  readonly include?: readonly Cell<Settings>[];
  /** Combinations of `grid` and `space` to leave out. */
  readonly exclude?: readonly Cell<Settings>[];
  /** Settings whose values are drawn, each with a distribution. Requires `sample`. */
  readonly space?: { readonly [Name in keyof Settings]?: Drawn<Listed<Settings[Name]>, Settings> };
}

type Cell<Settings> = { readonly [Name in keyof Settings]?: Listed<Settings[Name]> };
/** A list in an object of a program may be read-only. */
type Listed<Value> = Value extends readonly unknown[] ? Readonly<Value> : Value;

/** One distribution, and optionally a condition. */
type Drawn<Value, Settings> = {
  readonly [Range in Exclude<SpaceKey, 'choice' | 'when'>]?: readonly [number, number];
} & {
  /** One of a list of values. */
  readonly choice?: readonly Value[];
  /** Values of other settings. If one of them differs, the task has the default of this setting. */
  readonly when?: Cell<Settings>;
};

type SpaceKey = (typeof SPACE_KEYS)[number];
