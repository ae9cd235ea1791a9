import type { Lanes } from '../native/cpu.js';
import type { MatMul } from './program.js';

/** The rows and vectors of a register tile, whose sums stay in registers while it moves over the depth of a product. */
export interface Tile {
  readonly rows: number;
  readonly vectors: number;
}

/**
 * The tiles among which `plan-products.ts` chooses, by lanes. Most registers hold sums; the others hold a row of the right matrix and an
 * element of the left. A CPU with 16 or 4 lanes has 32 registers, one with 8 lanes has 16. The first tile is that of products that are not measured.
 */
export const TILES: Readonly<Record<Lanes, readonly [Tile, ...Tile[]]>> = {
  16: [
    { rows: 10, vectors: 2 },
    { rows: 12, vectors: 2 },
    { rows: 9, vectors: 3 },
    { rows: 6, vectors: 4 },
    { rows: 5, vectors: 5 },
  ],
  8: [
    { rows: 4, vectors: 3 },
    { rows: 6, vectors: 2 },
    { rows: 5, vectors: 2 },
  ],
  4: [
    { rows: 8, vectors: 3 },
    { rows: 6, vectors: 4 },
    { rows: 12, vectors: 2 },
    { rows: 4, vectors: 6 },
  ],
};

/** Distances in cells: of the rows and of the columns of the left matrix, of the rows of the right one, and of those of the result. */
interface Strides<Cells> {
  readonly leftRow: Cells;
  readonly leftColumn: Cells;
  readonly rightRow: Cells;
  readonly outRow: Cells;
}

/** The columns that one vector covers. The last vector of a row may use only some of its lanes. */
interface Column {
  readonly start: number;
  readonly width: 4 | 8 | 16;
  readonly used: number;
}

/** The sizes and strides of a product, on which its fastest tile depends. */
export interface ProductShape extends Strides<number> {
  readonly rows: number;
  /** The number of columns of the left matrix and of rows of the right one. */
  readonly depth: number;
  readonly columns: number;
}

export function productShape({ left, right, out }: MatMul): ProductShape {
  const [rows = 1, depth = 1] = left.shape;
  const [, columns = 1] = right.shape;
  const [leftRow = 1, leftColumn = 1] = left.strides;
  return {
    ...{ rows, depth, columns, leftRow, leftColumn },
    rightRow: right.strides[0] ?? columns,
    outRow: out.strides[0] ?? columns,
  };
}

/**
 * Returns the C of a matrix product c = a b in register tiles. Each element is one chain of fused multiply-adds over k = 0, 1, ..., so
 * the bits depend neither on the tiles nor on the vector width. Vectors may read past the end of a row; those lanes are not stored.
 * The matrices are the arguments `a`, `b` and `c`, so that products of the same shape share the code.
 */
export function emitMatMul(shape: ProductShape, lanes: Lanes, tile: Tile): string {
  const { rows, depth, columns } = shape;
  const remaining = rows % tile.rows;
  const tiles = groups(columnVectors(columns, lanes), tile.vectors).flatMap((group) => [
    ...(rows >= tile.rows
      ? [
          `for (int i = 0; i < ${rows - remaining}; i += ${tile.rows}) ${emitTile(tile.rows, group, depth, shape)}`,
        ]
      : []),
    ...(remaining > 0
      ? [`{ const int i = ${rows - remaining}; ${emitTile(remaining, group, depth, shape)} }`]
      : []),
  ]);
  return tiles.join('\n');
}

/** Returns the C of a tile of whole vectors at row 0 of `a` and column 0 of `b`. The depth and the strides are variables of the C code. */
export function emitWholeTile({ rows, vectors }: Tile, lanes: Lanes): string {
  const strides = { leftRow: 'leftRow', leftColumn: 'leftColumn', rightRow: 'rightRow', outRow: 'outRow' };
  return `const int i = 0; ${emitTile(rows, columnVectors(vectors * lanes, lanes), 'depth', strides)}`;
}

function emitTile<Cells extends number | string>(
  rows: number,
  group: readonly Column[],
  depth: Cells,
  strides: Strides<Cells>,
): string {
  const each = <T>(make: (row: number, column: Column, index: number) => T) =>
    Array.from({ length: rows }, (_, row) => group.map((column, index) => make(row, column, index))).flat();
  const sum = (row: number, index: number) => `s${row}_${index}`;
  const starts = each((row, { width }, index) => `v${width} ${sum(row, index)} = {0};`);
  const loads = group.map(
    ({ start, width }, index) =>
      `const v${width} b${index} = *(const u${width} *)(b + k * ${strides.rightRow} + ${start});`,
  );
  const products = Array.from({ length: rows }, (_, row) => [
    `const float x${row} = a[(i + ${row}) * ${strides.leftRow} + k * ${strides.leftColumn}];`,
    ...group.map(
      ({ width }, index) =>
        `${sum(row, index)} = fma(x${row} - (v${width}){0}, b${index}, ${sum(row, index)});`,
    ),
  ]).flat();
  const stores = each(
    (row, { start, used }, index) =>
      `memcpy(c + (i + ${row}) * ${strides.outRow} + ${start}, &${sum(row, index)}, ${4 * used});`,
  );
  const loop = `for (int k = 0; k < ${depth}; k++) {\n${[...loads, ...products].join('\n')}\n}`;
  return `{\n${[...starts, loop, ...stores].join('\n')}\n}`;
}

function columnVectors(columns: number, lanes: Lanes): Column[] {
  const whole = Math.floor(columns / lanes);
  const vectors: Column[] = Array.from({ length: whole }, (_, index) => ({
    start: index * lanes,
    width: lanes,
    used: lanes,
  }));
  const used = columns % lanes;
  if (used > 0) vectors.push({ start: whole * lanes, width: used <= 4 ? 4 : used <= 8 ? 8 : 16, used });
  return vectors;
}

function groups(vectors: readonly Column[], count: number): Column[][] {
  return Array.from({ length: Math.ceil(vectors.length / count) }, (_, index) =>
    vectors.slice(index * count, (index + 1) * count),
  );
}
