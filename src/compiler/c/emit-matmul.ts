import type { MatMul } from './program.js';

/** Rows and vectors of a tile: 24 of the 32 registers sum, the others hold a row of the right matrix and an element of the left. */
const TILE_ROWS = 6;
const TILE_VECTORS = 4;
const WIDTH = 16;

/** Columns that one vector covers; the last of a matrix may use only some of its lanes. */
interface Column {
  readonly start: number;
  readonly width: 4 | 8 | 16;
  readonly used: number;
}

/**
 * A product by register tiles: each element is one chain of fused multiply-adds over k = 0, 1, ..., so that the bits depend neither on
 * the tiles nor on the width of the vectors. Vectors may read past a row's end; those lanes are not stored. The matrices are at `a`, `b`
 * and `c`, so that products of one shape share the code.
 */
export function emitMatMul({ left, right, out }: MatMul): string {
  const [rows = 1, depth = 1] = left.shape;
  const [, columns = 1] = right.shape;
  const strides = {
    row: left.strides[0] ?? 1,
    depth: left.strides[1] ?? 1,
    right: right.strides[0] ?? columns,
    out: out.strides[0] ?? columns,
  };
  const remaining = rows % TILE_ROWS;
  const tiles = groups(columnVectors(columns)).flatMap((group) => [
    ...(rows >= TILE_ROWS
      ? [
          `for (int i = 0; i < ${rows - remaining}; i += ${TILE_ROWS}) ${tile(TILE_ROWS, group, depth, strides)}`,
        ]
      : []),
    ...(remaining > 0
      ? [`{ const int i = ${rows - remaining}; ${tile(remaining, group, depth, strides)} }`]
      : []),
  ]);
  return tiles.join('\n');
}

function tile(
  rows: number,
  group: readonly Column[],
  depth: number,
  strides: Readonly<Record<'row' | 'depth' | 'right' | 'out', number>>,
): string {
  const each = <T>(make: (row: number, column: Column, index: number) => T) =>
    Array.from({ length: rows }, (_, row) => group.map((column, index) => make(row, column, index))).flat();
  const sum = (row: number, index: number) => `s${row}_${index}`;
  const starts = each((row, { width }, index) => `v${width} ${sum(row, index)} = {0};`);
  const loads = group.map(
    ({ start, width }, index) =>
      `const v${width} b${index} = *(const u${width} *)(b + k * ${strides.right} + ${start});`,
  );
  const products = Array.from({ length: rows }, (_, row) => [
    `const float x${row} = a[(i + ${row}) * ${strides.row} + k * ${strides.depth}];`,
    ...group.map(
      ({ width }, index) =>
        `${sum(row, index)} = fma(x${row} - (v${width}){0}, b${index}, ${sum(row, index)});`,
    ),
  ]).flat();
  const stores = each(
    (row, { start, used }, index) =>
      `memcpy(c + (i + ${row}) * ${strides.out} + ${start}, &${sum(row, index)}, ${4 * used});`,
  );
  const loop = `for (int k = 0; k < ${depth}; k++) {\n${[...loads, ...products].join('\n')}\n}`;
  return `{\n${[...starts, loop, ...stores].join('\n')}\n}`;
}

function columnVectors(columns: number): Column[] {
  const whole = Math.floor(columns / WIDTH);
  const vectors: Column[] = Array.from({ length: whole }, (_, index) => ({
    start: index * WIDTH,
    width: WIDTH,
    used: WIDTH,
  }));
  const used = columns % WIDTH;
  if (used > 0) vectors.push({ start: whole * WIDTH, width: used <= 4 ? 4 : used <= 8 ? 8 : 16, used });
  return vectors;
}

function groups(vectors: readonly Column[]): Column[][] {
  return Array.from({ length: Math.ceil(vectors.length / TILE_VECTORS) }, (_, index) =>
    vectors.slice(index * TILE_VECTORS, (index + 1) * TILE_VECTORS),
  );
}
