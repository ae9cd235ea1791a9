import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { cpuModel } from '../native/cpu.js';
import { buildModule, cacheFolder, compilerIdentity } from './build.js';
import { emitWholeTile, TILES, type Lanes, type ProductShape, type Tile } from './emit-matmul.js';
import { HAS_EFFECTS, MODULE, NO_INLINE, PRODUCT_PARAMETERS } from './node-module.js';
import { PRELUDE } from './prelude.js';

/** Products of larger matrices are not measured. */
const MAX_CELLS = 1_000_000;
/** Maximum number of shapes in the file. More are measured again by every process. */
const MAX_SHAPES = 5_000;
/** Number of times that each tile is measured, in turn with the others. */
const ROUNDS = 5;
/** A measurement repeats a product for at least this many multiply-adds, about 50 microseconds. */
const MULTIPLY_ADDS = 5_000_000;

/** Returns the milliseconds that a product takes with a tile. */
export type TimeProduct = (shape: ProductShape, tile: Tile) => number;

/**
 * Chooses the register tile of each shape of a product by measuring, and stores the choice in a file. A tile changes how long a product
 * takes, but not its result.
 */
export class ProductPlanner {
  readonly #tiles: readonly [Tile, ...Tile[]];
  readonly #file: string;
  readonly #time: TimeProduct;
  #choices: Readonly<Record<string, unknown>> | undefined;

  /**
   * @param file a JSON file of choices, which is created when it is missing. If it is damaged, all shapes are measured again.
   * @param time measures one product
   */
  constructor(lanes: Lanes, file: string, time: TimeProduct) {
    this.#tiles = TILES[lanes];
    this.#file = file;
    this.#time = time;
  }

  readonly tileOf = (shape: ProductShape): Tile => {
    if (Math.max(...matrixCells(shape)) > MAX_CELLS) return this.#tiles[0];
    const name = nameOf(shape);
    this.#choices ??= readChoices(this.#file);
    const known = this.#tiles.find((tile) => labelOf(tile) === this.#choices?.[name]);
    if (known !== undefined) return known;
    const tile = this.#fastest(shape);
    // Read again, because another process may have measured other shapes meanwhile.
    this.#choices = { ...readChoices(this.#file), [name]: labelOf(tile) };
    if (Object.keys(this.#choices).length <= MAX_SHAPES) writeChoices(this.#file, this.#choices);
    return tile;
  };

  #fastest(shape: ProductShape): Tile {
    const best = this.#tiles.map((tile) => ({ tile, ms: Infinity }));
    for (let round = 0; round < ROUNDS; round++)
      for (const one of best) one.ms = Math.min(one.ms, this.#time(shape, one.tile));
    return best.reduce((a, b) => (b.ms < a.ms ? b : a)).tile;
  }
}

const planners = new Map<Lanes, ProductPlanner>();

/** Returns this thread's planner, whose file belongs to this model of CPU and this compiler. */
export function productPlanner(lanes: Lanes): ProductPlanner {
  let planner = planners.get(lanes);
  if (planner === undefined) {
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
const ARGUMENTS = ['rows', 'sums', 'columns', 'row', 'depth', 'right', 'out', 'tileRows', 'vectors'] as const;
/** Cells of the arguments, and after each matrix, because whole vectors may be read and written past the end of the last row. */
const SLACK = 256;
const MATRIX = MAX_CELLS + SLACK;

/** Compiles a program that multiplies with any of the tiles. They are those of training programs, except that sizes are variables. */
function compileTimer(lanes: Lanes): TimeProduct {
  const module = buildModule(timerSource(lanes));
  const workspace = new ArrayBuffer(4 * (SLACK + 3 * MATRIX));
  const header = new Int32Array(workspace, module.padding(workspace), ARGUMENTS.length);
  return (shape, { rows, vectors }) => {
    const values = { ...shape, tileRows: rows, vectors };
    header.set(ARGUMENTS.map((name) => values[name]));
    const count = Math.ceil(MULTIPLY_ADDS / (shape.rows * shape.sums * shape.columns));
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
  const parameters = `${PRODUCT_PARAMETERS}, int sums, int row, int depth, int right, int out`;
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
          a + i * row, b + from * ${lanes}, c + i * out + from * ${lanes}, sums, row, depth, right, out);
}
${MODULE}`;
}

/** Returns the number of cells from the first to the last element of the left matrix, the right one and the result. */
function matrixCells({ rows, sums, columns, row, depth, right, out }: ProductShape): number[] {
  return [
    (rows - 1) * row + (sums - 1) * depth + 1,
    (sums - 1) * right + columns,
    (rows - 1) * out + columns,
  ];
}

function nameOf({ rows, sums, columns, row, depth, right, out }: ProductShape): string {
  return `${rows}x${sums}x${columns} with strides ${[row, depth, right, out].join(' ')}`;
}

function labelOf({ rows, vectors }: Tile): string {
  return `${rows}x${vectors}`;
}

function readChoices(file: string): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof content === 'object' && content !== null ? { ...content } : {};
  } catch {
    return {};
  }
}

/** Replaces the file, so that other processes see the old or the new one. A choice that is lost is measured again. */
function writeChoices(file: string, choices: Readonly<Record<string, unknown>>): void {
  const partial = `${file}-${process.pid}-${threadId}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(partial, `${JSON.stringify(choices, null, 1)}\n`);
    renameSync(partial, file);
  } catch {
    rmSync(partial, { force: true });
  }
}
