/** A setting of one's own experiment. From this everything else is derived: validation, defaults, exports, `--set` and `--only`. */
export interface UserSetting {
  readonly type: 'integer' | 'number' | 'boolean' | 'choice';
  /** Default: the setting's name. */
  readonly description?: string;
  /** Default: `1`. */
  readonly unit?: string;
  /** The value where a sweep file gives none. Without a default, every sweep must give one. */
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
  /** Default: `1`. */
  readonly unit?: string;
  /** Default: the column's name. */
  readonly description?: string;
}

/** Settings by name, as a task has them: those that were declared, `seed`, and those that the form adds. */
export type UserSettings = Readonly<Record<string, string | number | boolean>>;

interface AnyUserExperiment {
  /** What a sweep file names as its `experiment`, for example `mlp-classifier`. */
  readonly name: string;
  /** By name. Every experiment has `seed` in addition. */
  readonly settings: Readonly<Record<string, UserSetting>>;
  /** Microseconds that a step, or a row, is likely to take. Default: what finished tasks took. */
  readonly microsecondsPerStep?: number;
}

/**
 * An experiment that trains by a loop of steps. It has the settings `steps`, `evaluateEverySteps`, `logEverySteps` and `engine` in
 * addition, and its result is its last evaluation.
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
  /** Called in worker threads alone: planning does not need to know how it trains. */
  readonly training: Build;
}

/** A row or a summary, by column. */
export type Numbers = Readonly<Record<string, number>>;

/** How a function that is `resumable` resumes. */
export interface FunctionContext {
  /** What was saved last, or null where the task starts. The rows that it yielded until then are kept. */
  readonly saved: unknown;
  /**
   * Offers a state to resume from: all that is needed to compute the rows after those yielded so far. It consists of JSON values. It is
   * written to disk only when that is due, and a task that is asked to stop stops here: call it often.
   */
  readonly save: (state: unknown) => void;
}

/** An experiment that computes rows of numbers, and what they come to. */
export interface UserFunctionExperiment extends AnyUserExperiment {
  readonly form: 'function';
  readonly columns: {
    readonly rows: readonly UserColumn[];
    /** What the function returns. */
    readonly summary: readonly UserColumn[];
  };
  /** The most rows that it yields. */
  readonly rows: (settings: UserSettings) => number;
  /** Whether a task resumes from what it saved. Default: a task that was stopped starts again. */
  readonly resumable?: boolean;
  /** Yields rows and returns the summary: a pure function of the settings. */
  readonly run: (
    settings: UserSettings,
    context: FunctionContext,
  ) => Generator<Numbers, Numbers, undefined> | AsyncGenerator<Numbers, Numbers, undefined>;
}

/** An experiment whose tasks are executed by a program, which writes rows as JSON lines. Its result is the last row. */
export interface UserCommandExperiment extends AnyUserExperiment {
  readonly form: 'command';
  readonly columns: { readonly rows: readonly UserColumn[] };
  /** The most rows that it writes: a number, or the name of the setting that says it. */
  readonly rows: number | string;
  /** The program and its arguments. It runs in the folder of the plugin. */
  readonly command: readonly string[];
  /** Files that decide what the program does, relative to the plugin: a change of one makes new tasks. */
  readonly files?: readonly string[];
  /** Whether a task resumes from files that the program keeps. Then each row has its number as `row`. Default: it starts again. */
  readonly resumable?: boolean;
}

export type UserExperiment = UserTrainingExperiment | UserFunctionExperiment | UserCommandExperiment;
