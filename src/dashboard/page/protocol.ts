/** The messages between the server and the page. This module contains only types, because both import it. */

/** The states of the store, and `running`: unfinished, with files that changed since the run started. */
export type StateName = 'new' | 'running' | 'interrupted' | 'done' | 'failed' | 'corrupt';

/** The words for the states, in the order in which they are counted. Signs distinguish states without relying on color. */
export type States = Readonly<Record<StateName, { readonly word: string; readonly sign: string }>>;

/** The part of a task that can change. */
export interface TaskView {
  readonly id: string;
  readonly state: StateName;
  /** The step of its checkpoint, or its last one; null before the first checkpoint, or if unknown. */
  readonly step: number | null;
  /** Why it failed, or what is wrong with its files. */
  readonly problem: string | null;
  /** Changes when its logs grow or change. */
  readonly version: string;
}

/** The part of a task that never changes. */
export interface TaskInfo {
  readonly id: string;
  /** The name of its folder. */
  readonly name: string;
  /** A label that is unique within its part, for example `3-12-20, seed 2`. */
  readonly label: string;
  /** The total number of steps or rows, in its experiment's unit. */
  readonly steps: number;
  readonly unit: 'step' | 'row';
  readonly experiment: string;
}

/** The tasks with the same seeds. */
export interface GridColumn {
  /** For example `seed 69` or `seed 69, model seed 3`. */
  readonly name: string;
  /** Only the values, for example `69` or `69 3`, because headings are narrow. */
  readonly short: string;
}

export interface GridRow {
  readonly label: string;
  /** The tasks by column; null where the sweep has no task. */
  readonly tasks: readonly (TaskInfo | null)[];
}

/** The tasks of an experiment, with one row per setting and one column per seed. */
export interface PartView {
  readonly name: string;
  readonly title: string;
  /** The settings in the rows' labels. */
  readonly settings: string;
  readonly columns: readonly GridColumn[];
  readonly rows: readonly GridRow[];
}

export interface WorkerView {
  readonly worker: string;
  readonly task: string;
}

export interface ProgressView {
  /** For example `54 tasks: 12 done, ...`. */
  readonly summary: string;
  readonly done: number;
  readonly remainingMs: number | null;
  /** The process that holds the store; null if there is none. */
  readonly owner: string | null;
  /** Why the run can't be controlled, and what to do instead; null if it can. */
  readonly controlRefusal: string | null;
  /** Changes when tags or notes change. */
  readonly annotationsVersion: string;
  /** The workers according to the run's log; empty without an active run. */
  readonly workers: readonly WorkerView[];
  /** Why the store can't be read; null if it can. */
  readonly problem: string | null;
}

/** A metric that has a chart. */
export interface ChartView {
  readonly metric: string;
  readonly title: string;
  readonly startsLog: boolean;
}

/** How to show the tasks of an experiment. */
export interface ExperimentView {
  readonly charts: readonly ChartView[];
  /** The title of the picture of a finished task; null if there is none. */
  readonly picture: string | null;
}

/** A rung of a halving, or a batch of a search by TPE. */
export interface StageView {
  readonly name: string;
  /** The ids of its tasks; empty while they depend on results of earlier stages. */
  readonly tasks: readonly string[];
  /** The number of its tasks if no candidate fails. */
  readonly maxTasks: number;
  /** What was decided, for example `best of 27 candidates 1.234, 9 promoted`; null until then. */
  readonly decision: string | null;
}

/** A search whose tasks become known in stages. */
export interface SearchView {
  /** The name of the part that it belongs to. */
  readonly part: string;
  /** For example `mine, min loss`. */
  readonly title: string;
  readonly stages: readonly StageView[];
  readonly best: TableView;
}

/** The first event of a stream, with everything that the page needs to start. */
export interface SweepState {
  readonly name: string;
  readonly title: string;
  readonly file: string;
  readonly outDir: string;
  /** All sweeps that this server shows. */
  readonly sweeps: readonly { readonly name: string; readonly title: string }[];
  readonly states: States;
  readonly experiments: Readonly<Record<string, ExperimentView>>;
  readonly parts: readonly PartView[];
  /** The searches whose tasks depend on results. */
  readonly searches: readonly SearchView[];
  readonly tasks: readonly TaskView[];
  readonly progress: ProgressView;
}

/** The changes since the previous event. */
export interface SweepChange {
  /** All parts and searches, if tasks became known or a stage was decided; null if not. */
  readonly known: Pick<SweepState, 'parts' | 'searches'> | null;
  /** The tasks that changed or are new. */
  readonly tasks: readonly TaskView[];
  readonly progress: ProgressView;
}

/** A curve. Values that are not numbers are null. */
export interface Curve {
  readonly metric: string;
  /** The index of the component, from 0, of a metric with a list of values; null for other metrics. */
  readonly component: number | null;
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
  /** Whether these are all logged points; otherwise they are the minimum and maximum of each pixel. */
  readonly isExact: boolean;
  /** The mean of each pixel, if it was requested and the points are not all logged points. */
  readonly means: Pick<Curve, 'steps' | 'values'> | null;
}

export interface SeriesReply {
  readonly id: string;
  readonly curves: readonly Curve[];
}

/** A table of a report, without its records. */
export interface TableView {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly head: readonly string[];
  readonly body: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

export interface TablesReply {
  readonly tables: readonly TableView[];
}

/** A setting of the tasks, or a column of their results. */
export interface TaskColumn {
  readonly name: string;
  /** `seed`: a setting that distinguishes repetitions. `result`: a column of the summary of finished tasks. */
  readonly kind: 'setting' | 'seed' | 'result';
  readonly title: string;
  /** Whether the tasks differ in it. */
  readonly isVarying: boolean;
  /** Whether tables show it initially. */
  readonly isShown: boolean;
  /** Whether the values span decades. */
  readonly isLog: boolean;
  /** The distinct values as texts, in order; null for a column of numbers. */
  readonly texts: readonly string[] | null;
  /** The distinct values as numbers; null for a column of numbers, or if some value is no number. */
  readonly numbers: readonly number[] | null;
  /** By task, the value, or the index of its text. Null if the task lacks it, or if it has not finished. */
  readonly values: readonly (number | null)[];
}

/** The settings and the results of all tasks, column by column. */
export interface ResultsReply {
  /** The tasks, in the order of the columns' values. */
  readonly ids: readonly string[];
  readonly columns: readonly TaskColumn[];
  /** The time that each task has taken so far, in all attempts; null if it is unknown. */
  readonly durationsMs: readonly (number | null)[];
}

export interface LogLine {
  /** The time in ISO 8601. */
  readonly time: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
}

/** The details of one task. */
export interface TaskReply {
  readonly id: string;
  readonly folder: string;
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly metricsTitle: string;
  readonly metrics: readonly (readonly [title: string, value: string])[];
  readonly sessions: readonly string[];
  readonly log: readonly LogLine[];
}

/** What people wrote about a task or a sweep. */
export interface AnnotationView {
  readonly tags: readonly string[];
  /** Empty if there is none. */
  readonly note: string;
}

/** The tags and notes of the sweep, and of the tasks that have any, by id. */
export interface AnnotationsReply {
  readonly sweep: AnnotationView;
  readonly tasks: Readonly<Record<string, AnnotationView>>;
}

/** Whether this page may send requests that change anything. */
export interface ControlReply {
  /** Why it may not; null if it may. */
  readonly refusal: string | null;
}

/** What the page can ask of a run. A retry without a task is for all failed tasks. */
export type ControlRequest =
  | { readonly action: 'stop' }
  | { readonly action: 'cancel' | 'next'; readonly task: string }
  | { readonly action: 'retry'; readonly task: string | null };
