/** A table of a report: the formatted cells that readers see, and the unrounded numbers. */
export interface Table {
  /** Base name of its files, unique in the report. */
  readonly name: string;
  readonly title: string;
  /** A sentence that says what the numbers are. */
  readonly caption: string;
  /** Formatted texts; the first column labels the rows. */
  readonly head: readonly string[];
  readonly body: readonly (readonly string[])[];
  /** Remarks on single cells, for example on missing seeds. */
  readonly notes: readonly string[];
  /** The table in tidy form: one observation per record, with unrounded numbers. All records have the same keys. */
  readonly records: readonly TableRecord[];
}

export type TableRecord = Readonly<Record<string, string | number | null>>;
