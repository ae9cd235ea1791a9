import { stringify } from 'csv-stringify/sync';
import type { Format } from './format.js';

/** The number of rows that are converted to text at a time. */
const PIECE_ROWS = 4_096;

/** Writes CSV with a header. Null is an empty cell, and a list is JSON, for example `[0.1,0.9]`. */
export const csv: Format = (columns) => {
  let head: string[][] = [columns.map(({ name }) => name)];
  const lines = (rows: unknown[][]): Uint8Array => {
    const text = stringify([...head, ...rows], { cast: { boolean: String, number: String } });
    head = [];
    return Buffer.from(text);
  };
  return {
    encode: ({ rows, columns: values }) => {
      const pieces = Array.from({ length: Math.ceil(rows / PIECE_ROWS) }, (_, piece) => {
        const start = piece * PIECE_ROWS;
        const length = Math.min(PIECE_ROWS, rows - start);
        return lines(Array.from({ length }, (_row, index) => values.map((column) => column[start + index])));
      });
      return Buffer.concat(pieces);
    },
    finish: () => lines([]),
  };
};
