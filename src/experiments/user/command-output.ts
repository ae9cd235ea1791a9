import { closeSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { assertNotSymlink, wrapStoreErrors } from '../../store/files.js';
import { formatBytes, formatCount } from '../../units.js';
import type { Numbers, UserCommandExperiment } from './definition.js';
import { numbersChecker } from './numbers.js';

const MAX_LINE_BYTES = 1 << 16;
const MAX_BYTES = 2 ** 31;
const PIECE_BYTES = 1 << 16;
const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);

/** A row that a program wrote. The number is null if the experiment is not resumable. */
interface WrittenRow {
  readonly number: number | null;
  readonly row: Numbers;
}

const anyObject = z.record(z.string(), z.unknown());

/**
 * The file to which a program's standard output is redirected. The program writes to it directly, so nothing is lost in a pipe when the
 * parent processes are killed. A line that starts with `{` is a row; any other line is a message.
 */
export class CommandOutput {
  /** File descriptor to which the program appends. */
  readonly descriptor: number;
  readonly #file: string;
  readonly #experiment: UserCommandExperiment;
  readonly #checkRow: (value: unknown, what: string) => Numbers;
  readonly #piece = Buffer.alloc(PIECE_BYTES);
  /** Number of bytes read so far. */
  #position = 0;
  /** The last bytes read, which do not form a complete line yet. */
  #partial = Buffer.alloc(0);

  constructor(file: string, experiment: UserCommandExperiment) {
    assertNotSymlink(file);
    this.#file = file;
    this.descriptor = wrapStoreErrors(`write ${file}`, () => openSync(file, 'a+'));
    this.#experiment = experiment;
    this.#checkRow = numbersChecker(experiment.columns.rows);
  }

  /** Reads the rows that were written since the last call. @param onMessage receives the other lines */
  *read(onMessage: (line: string) => void): Generator<WrittenRow> {
    for (let bytes = this.#readPiece(); bytes.length > 0; bytes = this.#readPiece()) {
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      const complete = end === 0 ? null : Buffer.concat([this.#partial, bytes.subarray(0, end - 1)]);
      this.#partial = Buffer.concat([complete === null ? this.#partial : NOTHING, bytes.subarray(end)]);
      if (this.#partial.length > MAX_LINE_BYTES)
        throw new Error(
          `${this.#experiment.name} wrote a line longer than ${formatBytes(MAX_LINE_BYTES)} to its standard output`,
        );
      for (const line of complete?.toString('utf8').split('\n') ?? [])
        if (line.startsWith('{')) yield this.#rowOf(line);
        else onMessage(line);
    }
  }

  /** Reads the last line after the program has exited, even without a line break at its end. */
  *readLastLine(): Generator<WrittenRow> {
    const line = this.#partial.toString('utf8');
    this.#partial = NOTHING;
    if (line.startsWith('{')) yield this.#rowOf(line);
  }

  /** Removes the incomplete last line of a program that was killed. */
  dropPartialLine(): void {
    this.#position -= this.#partial.length;
    this.#partial = NOTHING;
    wrapStoreErrors(`write ${this.#file}`, () => {
      ftruncateSync(this.descriptor, this.#position);
    });
  }

  close(): void {
    closeSync(this.descriptor);
  }

  #readPiece(): Buffer {
    const bytes = wrapStoreErrors(`read ${this.#file}`, () =>
      readSync(this.descriptor, this.#piece, 0, PIECE_BYTES, this.#position),
    );
    this.#position += bytes;
    if (this.#position > MAX_BYTES)
      throw new Error(
        `${this.#experiment.name} wrote more than ${formatBytes(MAX_BYTES)} to its standard output`,
      );
    return this.#piece.subarray(0, bytes);
  }

  #rowOf(line: string): WrittenRow {
    const { name, resumable = false } = this.#experiment;
    const what = `a row of ${name}`;
    const { row: number, ...numbers } = parseRow(line, what);
    if (!resumable)
      return {
        number: null,
        row: this.#checkRow(number === undefined ? numbers : { ...numbers, row: number }, what),
      };
    if (!Number.isSafeInteger(number) || Number(number) < 1)
      throw new Error(
        `${what}: expected \`row\` to be the number of the row, counting from 1, because the experiment is resumable: ${line.slice(0, 200)}`,
      );
    return {
      number: Number(number),
      row: this.#checkRow(numbers, `row ${formatCount(Number(number))} of ${name}`),
    };
  }
}

/** Parses a row. In addition to JSON it accepts NaN, Infinity and -Infinity as Python and JavaScript print them; null means NaN. */
function parseRow(line: string, what: string): Record<string, unknown> {
  try {
    const strict = line.replaceAll(/-?\b(?:NaN|Infinity)\b/g, '"$&"');
    const values = anyObject.parse(JSON.parse(strict));
    return Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, NOT_FINITE.get(value) ?? value]),
    );
  } catch {
    throw new Error(`${what} is not a valid JSON object: ${line.slice(0, 200)}`);
  }
}

const NOT_FINITE = new Map<unknown, number>([
  ['NaN', NaN],
  [null, NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);
