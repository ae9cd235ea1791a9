import type { MatMul } from './program.js';

/** Number of float32 lanes in the widest vectors of the CPU. */
export type Lanes = 8 | 16;

/**
 * Rows and vectors of a register tile, by lanes. Most registers hold sums; the others hold a row of the right matrix and an element of
 * the left. A CPU with 16 lanes has 32 registers, one with 8 lanes has 16. Vectors wider than the CPU's would spill to memory.
 */
const TILES = { 16: { rows: 6, vectors: 4 }, 8: { rows: 6, vectors: 2 } } as const;

/** The columns that one vector covers. The last vector of a row may use only some of its lanes. */
interface Column {
  readonly start: number;
  readonly width: 4 | 8 | 16;
  readonly used: number;
}

/**
 * Returns the C of a matrix product c = a b in register tiles. Each element is one chain of fused multiply-adds over k = 0, 1, ..., so
 * the bits depend neither on the tiles nor on the vector width. Vectors may read past the end of a row; those lanes are not stored.
 * The matrices are the arguments `a`, `b` and `c`, so that products of the same shape share the code.
 */
export function emitMatMul({ left, right, out }: MatMul, lanes: Lanes): string {
  const [rows = 1, depth = 1] = left.shape;
  const [, columns = 1] = right.shape;
  const strides = {
    row: left.strides[0] ?? 1,
    depth: left.strides[1] ?? 1,
    right: right.strides[0] ?? columns,
    out: out.strides[0] ?? columns,
  };
  const { rows: tileRows, vectors } = TILES[lanes];
  const remaining = rows % tileRows;
  const tiles = groups(columnVectors(columns, lanes), vectors).flatMap((group) => [
    ...(rows >= tileRows
      ? [
          `for (int i = 0; i < ${rows - remaining}; i += ${tileRows}) ${tile(tileRows, group, depth, strides)}`,
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
