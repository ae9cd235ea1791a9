import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cpuModel, type Lanes } from '../native/cpu.js';
import { buildModule, cacheFolder, compilerIdentity, PARTIAL } from './build.js';
import { emitWholeTile, TILES, type ProductShape, type Tile } from './emit-matmul.js';
import { HAS_EFFECTS, MODULE, NO_INLINE, PRODUCT_PARAMETERS } from './node-module.js';
import { PRELUDE } from './prelude.js';
import { openFolder, readSmallFile } from './program-cache.js';

/** Products with a larger matrix are not measured. */
const MAX_CELLS = 1_000_000;
/** Products of fewer multiply-adds are not measured: they take less than a microsecond with any tile. */
const MIN_MULTIPLY_ADDS = 10_000;
/** Maximum number of shapes in the file. Those beyond it are measured by each thread that needs them. */
const MAX_SHAPES = 5_000;
/** Maximum size of the file in bytes. */
const MAX_BYTES = 1_000_000;
/** Number of times that each tile is measured, in turn with the others. */
const ROUNDS = 5;
/** A measurement repeats a product until it has made this many multiply-adds, which takes about 50 microseconds. */
const MULTIPLY_ADDS = 5_000_000;
/** A tile replaces the first one only if it takes less than this share of its time: smaller differences are noise. */
const WORTHWHILE = 0.97;

/** Returns the milliseconds that a product takes with a tile. */
type TimeProduct = (shape: ProductShape, tile: Tile) => number;

/**
 * Chooses the register tile of each shape of a product by measuring, and stores the choice in a file, which may be deleted at any time. A
 * tile changes how long a product takes, but not its result.
 */
export class ProductPlanner {
  readonly #lanes: Lanes;
  readonly #file: string;
  readonly #time: TimeProduct;
  #choices: Readonly<Record<string, unknown>> | undefined;

  /**
   * @param file a JSON file of choices, which is created when it is missing. If it is damaged, all shapes are measured again.
   * @param time measures one product
   */
  constructor(lanes: Lanes, file: string, time: TimeProduct) {
    this.#lanes = lanes;
    this.#file = file;
    this.#time = time;
  }

  readonly tileOf = (shape: ProductShape): Tile => {
    const tiles = TILES[this.#lanes];
    if (!isMeasured(shape)) return tiles[0];
    const name = nameOf(shape);
    this.#choices ??= readChoices(this.#file);
    const known = tiles.find((tile) => labelOf(tile) === this.#choices?.[name]);
    if (known !== undefined) return known;
    const tile = this.#fastest(shape);
    // The file is read again, because another process may have stored other shapes meanwhile.
    this.#choices = { ...this.#choices, ...readChoices(this.#file), [name]: labelOf(tile) };
    if (Object.keys(this.#choices).length <= MAX_SHAPES) writeChoices(this.#file, this.#choices);
    return tile;
  };

  #fastest(shape: ProductShape): Tile {
    const [first, ...others] = TILES[this.#lanes].map((tile) => ({ tile, ms: Infinity }));
    if (first === undefined) throw new Error('There are no tiles.');
    for (let round = 0; round < ROUNDS; round++)
      for (const one of [first, ...others]) one.ms = Math.min(one.ms, this.#time(shape, one.tile));
    const worthwhile = others.filter(({ ms }) => ms < WORTHWHILE * first.ms);
    return worthwhile.reduce((a, b) => (b.ms < a.ms ? b : a), first).tile;
  }
}

const planners = new Map<Lanes, ProductPlanner>();

/**
 * Returns this thread's planner, whose file belongs to this model of CPU and this compiler.
 * @throws UserError if another user could write to the folder of the file
 */
export function productPlanner(lanes: Lanes): ProductPlanner {
  let planner = planners.get(lanes);
  if (planner === undefined) {
    closeSync(openFolder(cacheFolder()));
    const identity = [compilerIdentity(), cpuModel(), JSON.stringify(TILES[lanes])].join('\0');
    const name = createHash('sha256').update(identity).digest('hex').slice(0, 32);
    let time: TimeProduct | undefined;
    planner = new ProductPlanner(lanes, join(cacheFolder(), `products-${name}.json`), (shape, tile) => {
      time ??= compileTimer(lanes);
      return time(shape, tile);
    });
    planners.set(lanes, planner);
  }
  return planner;
}

/** The arguments of the timer, which are int32 at the start of its workspace. */
const ARGUMENTS = [
  ...(['rows', 'depth', 'columns', 'leftRow', 'leftColumn', 'rightRow', 'outRow'] as const),
  ...(['tileRows', 'vectors'] as const),
] as const;
/** Cells of the arguments, and after each matrix, because whole vectors may be read and written past the end of the last row. */
const SLACK = 256;
const MATRIX = MAX_CELLS + SLACK;

/** Compiles a program that multiplies with any of the tiles. Unlike those of a training program, they take sizes as arguments. */
export function compileTimer(lanes: Lanes): TimeProduct {
  const module = buildModule(timerSource(lanes));
  const workspace = new ArrayBuffer(4 * (SLACK + 3 * MATRIX));
  // Pages that were never written are one page of zeros in memory, which would always be in the cache.
  new Float32Array(workspace).fill(1);
  const header = new Int32Array(workspace, module.padding(workspace), ARGUMENTS.length);
  return (shape, { rows, vectors }) => {
    const values = { ...shape, tileRows: rows, vectors };
    header.set(ARGUMENTS.map((name) => values[name]));
    const padded = Math.ceil(shape.columns / lanes) * lanes;
    const count = Math.ceil(MULTIPLY_ADDS / (shape.rows * shape.depth * padded));
    const start = performance.now();
    module.run(workspace, count);
    return (performance.now() - start) / count;
  };
}

function timerSource(lanes: Lanes): string {
  const maxRows = (vectors: number) =>
    Math.max(0, ...TILES[lanes].filter((tile) => tile.vectors >= vectors).map(({ rows }) => rows));
  const maxVectors = Math.max(...TILES[lanes].map(({ vectors }) => vectors));
  const tiles = Array.from({ length: maxVectors }, (_, index) => index + 1).flatMap((vectors) =>
    Array.from({ length: maxRows(vectors) }, (_, index) => ({ rows: index + 1, vectors })),
  );
  const parameters = `${PRODUCT_PARAMETERS}, int depth, int leftRow, int leftColumn, int rightRow, int outRow`;
  const functions = tiles.map(
    (tile) =>
      `${NO_INLINE} void tile_${labelOf(tile)}(${parameters}) {\n${emitWholeTile(tile, lanes)}\n${HAS_EFFECTS}\n}\n`,
  );
  const entries = tiles.map((tile) => `tiles[${tile.rows}][${tile.vectors}] = tile_${labelOf(tile)};`);
  const size = Math.max(...tiles.map(({ rows }) => rows)) + 1;
  return `${PRELUDE}
${functions.join('')}
typedef void Tile(${parameters});
static void run(float *w, int count) {
  const int *wi = (const int *)w;
  ${ARGUMENTS.map((name, index) => `const int ${name} = wi[${index}];`).join('\n  ')}
  const float *a = w + ${SLACK}, *b = a + ${MATRIX};
  float *c = w + ${SLACK + 2 * MATRIX};
  Tile *tiles[${size}][${maxVectors + 1}];
  ${entries.join('\n  ')}
  const int whole = (columns + ${lanes - 1}) / ${lanes};
  for (int n = 0; n < count; n++)
    for (int from = 0; from < whole; from += vectors)
      for (int i = 0; i < rows; i += tileRows)
        tiles[i + tileRows < rows ? tileRows : rows - i][from + vectors < whole ? vectors : whole - from](
          a + i * leftRow, b + from * ${lanes}, c + i * outRow + from * ${lanes}, depth, leftRow, leftColumn, rightRow, outRow);
}
${MODULE}`;
}

/** Whether the choice of a tile matters, and the timer can multiply such matrices: those of a reversed tensor have negative strides. */
function isMeasured(shape: ProductShape): boolean {
  const { rows, depth, columns, leftRow, leftColumn, rightRow, outRow } = shape;
  const cells = [
    (rows - 1) * leftRow + (depth - 1) * leftColumn + 1,
    (depth - 1) * rightRow + columns,
    (rows - 1) * outRow + columns,
  ];
  return (
    Math.min(leftRow, leftColumn, rightRow, outRow) >= 0 &&
    Math.max(...cells) <= MAX_CELLS &&
    rows * depth * columns >= MIN_MULTIPLY_ADDS
  );
}

function nameOf({ rows, depth, columns, leftRow, leftColumn, rightRow, outRow }: ProductShape): string {
  return `${rows}x${depth}x${columns} with strides ${[leftRow, leftColumn, rightRow, outRow].join(' ')}`;
}

function labelOf({ rows, vectors }: Tile): string {
  return `${rows}x${vectors}`;
}

function readChoices(file: string): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(readSmallFile(file, MAX_BYTES));
    return typeof content === 'object' && content !== null ? { ...content } : {};
  } catch {
    return {};
  }
}

/** Replaces the file, so that other processes see the old or the new one. If that fails, shapes are measured again later. */
function writeChoices(file: string, choices: Readonly<Record<string, unknown>>): void {
  let work: string | undefined;
  try {
    work = mkdtempSync(join(dirname(file), PARTIAL));
    const written = join(work, basename(file));
    writeFileSync(written, `${JSON.stringify(choices, null, 1)}\n`);
    renameSync(written, file);
  } catch {
    // For example, the folder may be read-only.
  } finally {
    if (work !== undefined) rmSync(work, { recursive: true, force: true });
  }
}
