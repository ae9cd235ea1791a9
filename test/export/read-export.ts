import { readFileSync } from 'node:fs';
import { tableFromIPC, Vector } from 'apache-arrow';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import polars from 'nodejs-polars';

export type Row = Readonly<Record<string, unknown>>;

/** Reads the rows of an exported file, with a reader that is independent of the writer if there is one. */
export async function readExport(file: string): Promise<Row[]> {
  if (file.endsWith('.parquet')) return parquetReadObjects({ file: await asyncBufferFromFile(file) });
  if (file.endsWith('.arrow')) return arrowRows(file);
  return polars.readCSV(file, { inferSchemaLength: 10_000 }).toRecords();
}

function arrowRows(file: string): Row[] {
  const table = tableFromIPC(readFileSync(file));
  return table.toArray().map((row: Row) =>
    Object.fromEntries(
      table.schema.fields.map(({ name }) => {
        const value = row[name];
        return [name, value instanceof Vector ? Array.from<unknown>(value) : value];
      }),
    ),
  );
}
