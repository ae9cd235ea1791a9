/** A setting of a custom experiment. Validation, defaults, exports, `--set` and `--only` are all derived from it. */
export interface UserSetting {
  /** Type of the value. A `choice` is one of `values`. */
  readonly type: 'integer' | 'number' | 'boolean' | 'choice';
  /** Text for the reference and for exports. @default the name of the setting */
  readonly description?: string;
  /** Unit of the values. @default '1' */
  readonly unit?: string;
  /** Value for sweep files that do not set it. Without a default, every sweep file must set a value. */
  readonly default?: string | number | boolean;
  /** Smallest valid value of an `integer` or a `number`. @default unbounded for numbers, -2147483647 for integers */
  readonly min?: number;
  /** Largest valid value of an `integer` or a `number`. @default unbounded for numbers, 2147483647 for integers */
  readonly max?: number;
  /** Valid values of a `choice`, from 1 to 100. */
  readonly values?: readonly string[];
}

/** A column in a log of a custom experiment. */
export interface UserColumn {
  /** Name of the column, which must differ from the names of settings and other columns. */
  readonly name: string;
  /** Unit of the values. @default '1' */
  readonly unit?: string;
  /** Text for logs and exports. @default the name of the column */
  readonly description?: string;
}

/** Settings of a task, by name: the declared settings, `seed`, and the settings that the form adds. */
export type UserSettings = Readonly<Record<string, string | number | boolean>>;

interface AnyUserExperiment {
  /** Value of `experiment` in sweep files, for example `mlp-classifier`. */
  readonly name: string;
  /** Settings by name, at most 50. Every experiment also has the setting `seed`. */
  readonly settings: Readonly<Record<string, UserSetting>>;
  /** Expected duration of a step or row in microseconds. @default learned from finished tasks */
  readonly microsecondsPerStep?: number;
}

/**
 * An experiment that trains with a loop of steps. It also has the settings `steps`, `evaluateEverySteps`, `logEverySteps` and `engine`.
 * Its result is the last evaluation.
 */
export interface UserTrainingExperiment<Build = (tools: never) => unknown> extends AnyUserExperiment {
  /** Selects this form. */
  readonly form: 'training';
  /** Default values of these settings, at least 1. */
  readonly defaults: {
    /** Number of training steps. */
    readonly steps: number;
    /** Steps between two evaluations. */
    readonly evaluateEverySteps: number;
  };
  /** The columns of its logs. */
  readonly columns: {
    /** The columns of the step log, in the order of a step's `metrics`. */
    readonly steps: readonly UserColumn[];
    /** The columns of the evaluation log. `evaluate` must return exactly these. */
    readonly evaluations: readonly UserColumn[];
  };
  /** Returns how the experiment trains (see `TrainingTools` and `Training`). Called only in worker threads, not for planning. */
  readonly training: Build;
}

/** A row or a summary: numbers by column name. */
export type Numbers = Readonly<Record<string, number>>;

/** Passed to functions. It lets a `resumable` function resume. */
export interface FunctionContext {
  /** The last saved state, or null if the task starts from the beginning. The rows that were yielded before the save are kept. */
  readonly saved: unknown;
  /**
   * Offers a state to resume from, with everything that is needed to compute the rows after those yielded so far. Call it often: it
   * writes to disk only when a checkpoint is due, and a task with a stop request stops at the `yield` after it.
   * @param state numbers, strings, booleans, null, arrays and plain objects
   * @throws an Error for other values, for a state of more than 16,777,216 characters, and if the experiment is not `resumable`
   */
  readonly save: (state: unknown) => void;
}

/** An experiment that computes rows of numbers and a summary. */
export interface UserFunctionExperiment extends AnyUserExperiment {
  /** Selects this form. */
  readonly form: 'function';
  /** The columns of its log and of its summary. */
  readonly columns: {
    /** The columns of the rows. The function must yield exactly these. */
    readonly rows: readonly UserColumn[];
    /** The columns of the summary. The function must return exactly these. */
    readonly summary: readonly UserColumn[];
  };
  /**
   * Returns the maximum number of rows of a task.
   * @param settings the task's settings
   */
  readonly rows: (settings: UserSettings) => number;
  /** Whether a stopped task resumes from its saved state instead of starting over. @default false */
  readonly resumable?: boolean;
  /**
   * Yields rows and returns the summary. Must depend only on the settings and, if it resumes, on the saved state.
   * @param settings the task's settings
   * @param context the saved state and the function that saves a state
   */
  readonly run: (
    settings: UserSettings,
    context: FunctionContext,
  ) => Generator<Numbers, Numbers, undefined> | AsyncGenerator<Numbers, Numbers, undefined>;
}

/**
 * An experiment that runs a program for each task. The program writes rows as JSON lines to its standard output, or the file rows.arrow.
 * Its result is the last row.
 */
export interface UserCommandExperiment extends AnyUserExperiment {
  /** Selects this form. */
  readonly form: 'command';
  /** The columns of its log. */
  readonly columns: {
    /** The columns of the rows. The program must write exactly these. */
    readonly rows: readonly UserColumn[];
  };
  /** Maximum number of rows of a task: a number, or the name of an integer setting. */
  readonly rows: number | string;
  /** The program and its arguments. Its working directory is the folder of the plugin. */
  readonly command: readonly string[];
  /** Files that affect the results, relative to the plugin. Changing one of them creates new tasks. */
  readonly files?: readonly string[];
  /**
   * Whether a stopped task resumes from files that the program has saved, instead of starting over. Each row must then have its number,
   * counting from 1, as `row`. @default false
   */
  readonly resumable?: boolean;
}

export type UserExperiment = UserTrainingExperiment | UserFunctionExperiment | UserCommandExperiment;
