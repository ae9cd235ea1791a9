import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { buildModule } from '../../../src/compiler/c/build.js';
import { emitMatMul, TILES, type ProductShape, type Tile } from '../../../src/compiler/c/emit-matmul.js';
import { HAS_EFFECTS, MODULE, NO_INLINE, PRODUCT_PARAMETERS } from '../../../src/compiler/c/node-module.js';
import { compileTimer, ProductPlanner } from '../../../src/compiler/c/plan-products.js';
import { PRELUDE } from '../../../src/compiler/c/prelude.js';

const folder = mkdtempSync(join(tmpdir(), 'products-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const SHAPE: ProductShape = {
  ...{ rows: 23, depth: 70, columns: 45 },
  ...{ leftRow: 70, leftColumn: 1, rightRow: 45, outRow: 45 },
};
const TRANSPOSED: ProductShape = { ...SHAPE, leftRow: 1, leftColumn: 23 };
const [FIRST] = TILES[16];
const LAST = TILES[16].at(-1) ?? FIRST;

/** The last tile is the fastest. */
const lastIsFastest = (_shape: ProductShape, tile: Tile) => (tile === LAST ? 1 : 2);
const neverMeasured = () => assert.fail('must not measure');

describe('the planner of matrix products', () => {
  it('chooses the tile with the shortest time and does not measure a known shape again', () => {
    const file = join(folder, 'fastest.json');
    let measured = 0;
    const time = (shape: ProductShape, tile: Tile) => {
      measured += 1;
      // A slow period of the machine affects the first round.
      return lastIsFastest(shape, tile) + (measured <= TILES[16].length ? 10 : 0);
    };
    const planner = new ProductPlanner(16, file, time);
    assert.equal(planner.tileOf(SHAPE), LAST);
    const count = measured;
    assert.equal(planner.tileOf(SHAPE), LAST);
    assert.equal(new ProductPlanner(16, file, neverMeasured).tileOf({ ...SHAPE }), LAST);
    assert.equal(measured, count);
    planner.tileOf(TRANSPOSED);
    assert.equal(measured, 2 * count, 'a transposed left matrix is another shape');
    assert.equal(Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object).length, 2);
  });

  it('keeps the first tile if another is hardly faster', () => {
    const time = (_shape: ProductShape, tile: Tile) => (tile === FIRST ? 1 : 0.98);
    assert.equal(new ProductPlanner(16, join(folder, 'close.json'), time).tileOf(SHAPE), FIRST);
  });

  it('keeps what another planner has stored in the same file', () => {
    const file = join(folder, 'shared.json');
    const [one, other] = [1, 2].map(() => new ProductPlanner(16, file, lastIsFastest));
    assert.ok(one && other);
    other.tileOf({ ...SHAPE, rows: 24 });
    one.tileOf(SHAPE);
    other.tileOf(TRANSPOSED);
    assert.equal(Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object).length, 3);
  });

  it('measures again when its file is damaged, names a tile that does not exist, or is too large', () => {
    const wrong = '{"23x70x45 with strides 70 1 45 45": "99x1"}';
    for (const content of ['{"23x7', '[]', 'null', wrong, `${wrong}${' '.repeat(1_000_000)}`]) {
      const file = join(folder, 'damaged.json');
      writeFileSync(file, content);
      assert.equal(new ProductPlanner(16, file, lastIsFastest).tileOf(SHAPE), LAST);
      assert.match(readFileSync(file, 'utf8'), /"23x70x45 with strides 70 1 45 45": "5x5"/);
    }
  });

  it('does not wait for a pipe and does not follow a link', () => {
    const pipe = join(folder, 'pipe.json');
    execFileSync('mkfifo', [pipe]);
    const link = join(folder, 'link.json');
    symlinkSync(join(folder, 'fastest.json'), link);
    for (const file of [pipe, link]) {
      let measured = 0;
      const planner = new ProductPlanner(16, file, () => (measured += 1));
      planner.tileOf(SHAPE);
      assert.ok(measured > 0);
    }
  });

  it('remembers its choices if the file can not be written or is full', () => {
    const full = join(folder, 'full.json');
    const many = Array.from({ length: 5_000 }, (_, index) => [`shape ${index}`, '6x4']);
    const content = JSON.stringify(Object.fromEntries(many));
    writeFileSync(full, content);
    for (const file of [full, join(folder, 'missing', 'file.json')]) {
      let measured = 0;
      const planner = new ProductPlanner(16, file, (...about) => {
        measured += 1;
        return lastIsFastest(...about);
      });
      for (const shape of [SHAPE, TRANSPOSED, SHAPE, TRANSPOSED]) assert.equal(planner.tileOf(shape), LAST);
      assert.equal(measured, 2 * 5 * TILES[16].length, 'two shapes, five rounds');
    }
    assert.equal(readFileSync(full, 'utf8'), content);
  });

  it('does not measure products of large, tiny or reversed matrices', () => {
    const file = join(folder, 'not-measured.json');
    const planner = new ProductPlanner(16, file, neverMeasured);
    for (const shape of [
      { ...SHAPE, rows: 100_000 },
      { ...SHAPE, rows: 1, depth: 1 },
      { ...SHAPE, leftRow: -70 },
      { ...SHAPE, rightRow: -45 },
    ])
      assert.equal(planner.tileOf(shape), FIRST);
    assert.ok(!existsSync(file));
  });

  it('measures with each tile on this CPU, also at the limits of its matrices', () => {
    // The compiler splits vectors that the CPU lacks.
    for (const lanes of [4, 8, 16] as const) {
      const time = compileTimer(lanes);
      for (const shape of [
        SHAPE,
        TRANSPOSED,
        { ...SHAPE, rows: 1, depth: 1_000, columns: 999, leftRow: 1_000, rightRow: 1_000, outRow: 1_000 },
        { ...SHAPE, rows: 1_000, depth: 10, columns: 1, leftRow: 999, rightRow: 1, outRow: 1_000 },
      ])
        for (const tile of TILES[lanes]) {
          const ms = time(shape, tile);
          assert.ok(ms > 0 && ms < 1_000, `${ms} ms`);
        }
    }
  });
});

it('every tile and vector width computes the same bits of a product', () => {
  const SMALL: ProductShape = { ...SHAPE, depth: 7, leftRow: 7 };
  const shapes = [
    SMALL,
    { ...SMALL, leftRow: 1, leftColumn: 23 },
    { ...SMALL, rows: 40, columns: 80, rightRow: 80, outRow: 81 },
  ];
  const variants = shapes.map((shape) =>
    ([4, 8, 16] as const).flatMap((lanes) => TILES[lanes].map((tile) => emitMatMul(shape, lanes, tile))),
  );
  const count = variants.flat().length;
  const cells = 6_000;
  const source = `${PRELUDE}
${variants
  .flat()
  .map((body, index) => `${NO_INLINE} void m${index}(${PRODUCT_PARAMETERS}) {\n${body}\n${HAS_EFFECTS}\n}\n`)
  .join('')}
static void run(float *w, int) {
  ${Array.from({ length: count }, (_, index) => `m${index}(w, w + 1000, w + 2000 + ${index * cells});`).join('\n')}
}
${MODULE}`;
  const module = buildModule(source);
  const workspace = new ArrayBuffer(4 * (2064 + count * cells));
  const values = new Float32Array(workspace, module.padding(workspace), 2000 + count * cells);
  const [left, right] = [0.37, 0.59].map((step) => (index: number) => Math.fround(Math.sin(index * step)));
  assert.ok(left && right);
  for (let i = 0; i < 1000; i++) {
    values[i] = left(i);
    values[1000 + i] = right(i);
  }
  module.run(workspace, 1);
  let at = 0;
  for (const [index, ofShape] of variants.entries()) {
    const shape = shapes[index] ?? SMALL;
    const results = ofShape.map(() => values.slice(2000 + cells * at, 2000 + cells * ++at));
    for (const [variant, result] of results.entries())
      assert.deepEqual(result, results[0], `variant ${variant} of shape ${index}`);
    for (const [i, j] of [
      [0, 0],
      [shape.rows - 1, shape.columns - 1],
    ] as const) {
      let sum = 0;
      for (let k = 0; k < shape.depth; k++)
        sum += left(i * shape.leftRow + k * shape.leftColumn) * right(k * shape.rightRow + j);
      assert.ok(Math.abs((results[0]?.[i * shape.outRow + j] ?? NaN) - sum) < 1e-5);
    }
  }
});
