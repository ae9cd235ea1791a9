/** What the server and the page say to each other. Types alone: it runs in both. */

/** Those of the store, and `running`: begun, not ended, and changed since the run started. */
export type StateName = 'new' | 'running' | 'interrupted' | 'done' | 'failed' | 'corrupt';

/** How states are called, in the order in which they are counted. A sign spares telling one colour from another. */
export type States = Readonly<Record<StateName, { readonly word: string; readonly sign: string }>>;

/** A task that may change. */
export interface TaskView {
  readonly id: string;
  readonly state: StateName;
  /** Of its checkpoint, or its last; null before the first, and where nobody knows. */
  readonly step: number | null;
  /** Why it failed, or what is wrong with its files. */
  readonly problem: string | null;
  /** Another one when its logs have grown or changed. */
  readonly version: string;
}

/** What of a task never changes. */
export interface TaskInfo {
  readonly id: string;
  /** Of its folder. */
  readonly name: string;
  /** As `3-12-20, seed 2`: unique within its part. */
  readonly label: string;
  /** How far it goes, in its experiment's unit. */
  readonly steps: number;
  readonly unit: 'step' | 'row';
  readonly experiment: string;
}

/** The tasks with the same seeds. */
export interface GridColumn {
  /** As `seed 69`, or `seed 69, model seed 3`. */
  readonly name: string;
  /** The values alone, as `69` or `69 3`: headings are narrow. */
  readonly short: string;
}

export interface GridRow {
  readonly label: string;
  /** By column; null where the sweep has no such task. */
  readonly tasks: readonly (TaskInfo | null)[];
}

/** The tasks of an experiment: a row a setting, a column a seed. */
export interface PartView {
  readonly name: string;
  readonly title: string;
  /** The settings that the rows' labels are of. */
  readonly settings: string;
  readonly columns: readonly GridColumn[];
  readonly rows: readonly GridRow[];
}

export interface WorkerView {
  readonly worker: string;
  readonly task: string;
}

export interface ProgressView {
  /** As `54 tasks: 12 done, ...`. */
  readonly summary: string;
  readonly done: number;
  readonly remainingMs: number | null;
  /** Who has the store; null if nobody does. */
  readonly owner: string | null;
  /** By the run's log; empty when no run goes on. */
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

/** How tasks of an experiment are shown. */
export interface ExperimentView {
  readonly charts: readonly ChartView[];
  /** Title of the picture of a finished task; null where there is none. */
  readonly picture: string | null;
}

/** The first event of a stream, and all that the page needs to begin. */
export interface SweepState {
  readonly name: string;
  readonly title: string;
  readonly file: string;
  readonly outDir: string;
  /** All that this server shows. */
  readonly sweeps: readonly { readonly name: string; readonly title: string }[];
  readonly states: States;
  readonly experiments: Readonly<Record<string, ExperimentView>>;
  readonly parts: readonly PartView[];
  readonly tasks: readonly TaskView[];
  readonly progress: ProgressView;
}

/** What has changed since the event before. */
export interface SweepChange {
  readonly tasks: readonly TaskView[];
  readonly progress: ProgressView;
}

/** A curve. Values that are no numbers are null. */
export interface Curve {
  readonly metric: string;
  /** From 0, of a metric with a list of values; null for others. */
  readonly component: number | null;
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
  /** Whether these are all points that were logged; else the least and the largest of each pixel. */
  readonly isExact: boolean;
}

export interface SeriesReply {
  readonly id: string;
  readonly curves: readonly Curve[];
}

/** A report's table, without the records behind it. */
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

export interface LogLine {
  /** ISO 8601. */
  readonly time: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
}

/** All about one task. */
export interface TaskReply {
  readonly id: string;
  readonly folder: string;
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly metricsTitle: string;
  readonly metrics: readonly (readonly [title: string, value: string])[];
  readonly sessions: readonly string[];
  readonly log: readonly LogLine[];
}
