import type { ComponentChildren } from 'preact';
import type { SweepPart } from '../sweep/load.js';
import type { Settings, Task } from '../task/task.js';
import type { Drawing, Figure, FigureDefinition } from './figures/figure.js';
import type { PageFigure } from './page/parts.js';
import type { PartRuns, Run } from './runs.js';
import type { Table } from './tables/table.js';

/** What an experiment has reports show. All that it leaves out is shown as that of any experiment. */
export interface ReportContribution<Own extends Settings = Settings> {
  /** Kinds of the tasks that it is about. */
  readonly kinds: readonly string[];
  /** A part's means over its seeds; null to show none. */
  means?(part: PartRuns<Own>): readonly Table[] | null;
  /** Further tables of a part, beneath its means. */
  furtherTables?(part: PartRuns<Own>): readonly Table[];
  /** Every run of a part; null to show none. */
  runs?(part: PartRuns<Own>): Table | null;
  /** Figures beside the curves of each part, and in place of the curves of the parts that they show curves of. */
  readonly figures?: readonly FigureDefinition[];
  /** A picture of one finished run, for the dashboard. */
  readonly picture?: RunPicture<Own>;
  /** Made of all parts of the sweep. */
  sections?(parts: readonly PartRuns[]): readonly ReportSection[];
  /** What stands beside the means at the end of a run, and on the dashboard, which knows of each log its first and its last rows only. */
  findings?(parts: readonly PartRuns[]): Findings;
}

export interface Findings {
  readonly tables: readonly Table[];
  /** For a terminal. */
  readonly lines: readonly string[];
}

export interface RunPicture<Own extends Settings = Settings> {
  readonly title: string;
  /** What it shows, in a sentence. */
  readonly caption: string;
  draw(run: Run<Own>): Drawing;
}

/** A section of a report's page. */
export interface ReportSection extends Findings {
  /** Of its anchor. */
  readonly id: string;
  readonly title: string;
  /** In the page's contents. Default: the title. */
  readonly short?: string;
  /** Whether it stands above the tables of means. */
  readonly isFirst?: boolean;
  /** @param draw writes the files of figures, and reads them for the page */
  render(draw: DrawFigures): ComponentChildren | Promise<ComponentChildren>;
}

export type DrawFigures = (figures: readonly Figure[]) => Promise<PageFigure[]>;

/** Set once by each entry. */
let load = (): Promise<readonly ReportContribution[]> => Promise.resolve([]);

/** @param loadThem called when there is something to report: it may load more than planning may */
export function registerReports(loadThem: typeof load): void {
  load = loadThem;
}

export function loadContributions(): Promise<readonly ReportContribution[]> {
  return load();
}

/** What a task's experiment has reports show. */
export function contributionOf(
  contributions: readonly ReportContribution[],
  { settings }: Pick<Task, 'settings'>,
): ReportContribution | undefined {
  return contributions.find(({ kinds }) => kinds.includes(settings.kind));
}

/** The same for a part, whose tasks are all of one experiment. */
export function contributionOfPart(
  contributions: readonly ReportContribution[],
  { tasks: [first] }: Pick<SweepPart, 'tasks'>,
): ReportContribution | undefined {
  return first && contributionOf(contributions, first);
}
