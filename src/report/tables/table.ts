/** A report's table: what a reader sees, and the numbers behind it. */
export interface Table {
  /** Of its files, unique in the report. */
  readonly name: string;
  readonly title: string;
  /** What its numbers are, in a sentence. */
  readonly caption: string;
  /** Rounded; the first column names the rows. */
  readonly head: readonly string[];
  readonly body: readonly (readonly string[])[];
  /** What a reader has to know about single cells, as seeds that are missing. */
  readonly notes: readonly string[];
  /** The same in tidy form, one observation a record, numbers unrounded. All records have the same keys. */
  readonly records: readonly TableRecord[];
}

export type TableRecord = Readonly<Record<string, string | number | null>>;
