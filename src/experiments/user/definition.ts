/** A setting of one's own experiment. From this everything else is derived: validation, defaults, exports, `--set` and `--only`. */
export interface UserSetting {
  readonly type: 'integer' | 'number' | 'boolean' | 'choice';
  readonly description: string;
  /** Default: `1`. */
  readonly unit?: string;
  /** What it is where a sweep file does not give it. Without one, every sweep must give it. */
  readonly default?: string | number | boolean;
  /** Of numbers. */
  readonly min?: number;
  readonly max?: number;
  /** Of a choice. */
  readonly values?: readonly string[];
}

/** A column of a log of one's own experiment. */
export interface UserColumn {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
}

/** Settings by name, as a task has them: those that were declared, `seed`, and those that the form adds. */
export type UserSettings = Readonly<Record<string, string | number | boolean>>;

interface AnyUserExperiment {
  /** What a sweep file names as its `experiment`, as `mlp-classifier`. */
  readonly name: string;
  /** By name. Every experiment has `seed` besides. */
  readonly settings: Readonly<Record<string, UserSetting>>;
  /** Microseconds that a step, or a row, is likely to take. Default: 100. */
  readonly microsecondsPerStep?: number;
}

/**
 * An experiment that trains by a loop of steps. It has the settings `steps`, `evaluateEverySteps`, `logEverySteps` and `engine` besides,
 * and what it comes to is its last evaluation.
 */
export interface UserTrainingExperiment<Build = (tools: never) => unknown> extends AnyUserExperiment {
  readonly form: 'training';
  readonly defaults: { readonly steps: number; readonly evaluateEverySteps: number };
  readonly columns: {
    /** What a step's `metrics` hold, in their order. */
    readonly steps: readonly UserColumn[];
    /** What `evaluate` returns. */
    readonly evaluations: readonly UserColumn[];
  };
  /** Called in worker threads alone: how it trains is nothing that planning needs to know. */
  readonly training: Build;
}

/** An experiment that computes rows of numbers, and what they come to. A task that is stopped starts again. */
export interface UserFunctionExperiment extends AnyUserExperiment {
  readonly form: 'function';
  readonly columns: {
    readonly rows: readonly UserColumn[];
    /** What the function returns. */
    readonly summary: readonly UserColumn[];
  };
  /** The most rows that it yields. */
  readonly rows: (settings: UserSettings) => number;
  /** Yields rows and returns the summary: a pure function of the settings. */
  readonly run: (
    settings: UserSettings,
  ) =>
    | Generator<Readonly<Record<string, number>>, Readonly<Record<string, number>>, undefined>
    | AsyncGenerator<Readonly<Record<string, number>>, Readonly<Record<string, number>>, undefined>;
}

export type UserExperiment = UserTrainingExperiment | UserFunctionExperiment;
