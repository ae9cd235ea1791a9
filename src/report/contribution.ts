import type { ComponentChildren } from 'preact';
import type { SweepPart } from '../sweep/load.js';
import type { Settings, Task } from '../task/task.js';
import type { Drawing, Figure, FigureDefinition } from './figures/figure.js';
import type { PageFigure } from './page/parts.js';
import type { PartRuns, Run } from './runs.js';
import type { Table } from './tables/table.js';

/** What an experiment adds to reports. Members that it omits get the default for any experiment. */
export interface ReportContribution<Own extends Settings = Settings> {
  /** Kinds of the tasks that it applies to. */
  readonly kinds: readonly string[];
  /** Tables of a part's means over its seeds; null to show none. */
  means?(part: PartRuns<Own>): readonly Table[] | null;
  /** Additional tables of a part, below its means. */
  extraTables?(part: PartRuns<Own>): readonly Table[];
  /** A table of all single tasks of a part; null to show none. */
  runs?(part: PartRuns<Own>): Table | null;
  /** Additional figures. Parts whose curves they show do not get the default figure of curves. */
  readonly figures?: readonly FigureDefinition[];
  /** A picture of one finished task, for the dashboard. */
  readonly picture?: RunPicture<Own>;
  /** Sections of the report's page, made from all parts of the sweep. */
  sections?(parts: readonly PartRuns[]): readonly ReportSection[];
  /**
   * Tables and lines that a run prints after its means, and that the dashboard shows. The dashboard passes logs that hold only their
   * first and last rows.
   */
  findings?(parts: readonly PartRuns[]): Findings;
}

export interface Findings {
  readonly tables: readonly Table[];
  /** Lines for a terminal. */
  readonly lines: readonly string[];
}

export interface RunPicture<Own extends Settings = Settings> {
  readonly title: string;
  /** A sentence that says what the picture shows. */
  readonly caption: string;
  draw(run: Run<Own>): Drawing;
}

/** A section of a report's page. */
export interface ReportSection extends Findings {
  /** The `id` of its HTML element, for links. */
  readonly id: string;
  readonly title: string;
  /** Title in the table of contents. Default: the title. */
  readonly short?: string;
  /** A sentence for the summary at the top of the page. Default: none. */
  readonly summary?: string;
  /** Whether the section comes before the tables of means. */
  readonly isFirst?: boolean;
  /** @param draw writes the files of figures, and returns them for the page */
  render(draw: DrawFigures): ComponentChildren | Promise<ComponentChildren>;
}

export type DrawFigures = (figures: readonly Figure[]) => Promise<PageFigure[]>;

/** Set once by each entry point. */
let load = (): Promise<readonly ReportContribution[]> => Promise.resolve([]);

/** Registers the report contributions. @param loader called for the first report; it may load modules that planning must not load */
export function registerReports(loader: typeof load): void {
  load = loader;
}

export function loadContributions(): Promise<readonly ReportContribution[]> {
  return load();
}

/** Returns the report contribution of a task's experiment. */
export function contributionOf(
  contributions: readonly ReportContribution[],
  { settings }: Pick<Task, 'settings'>,
): ReportContribution | undefined {
  return contributions.find(({ kinds }) => kinds.includes(settings.kind));
}

/** Returns the report contribution of a part, whose tasks all belong to one experiment. */
export function contributionOfPart(
  contributions: readonly ReportContribution[],
  { tasks: [first] }: Pick<SweepPart, 'tasks'>,
): ReportContribution | undefined {
  return first && contributionOf(contributions, first);
}
