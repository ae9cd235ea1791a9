import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { buildModule } from '../../../src/compiler/c/build.js';
import { emitMatMul, TILES, type ProductShape, type Tile } from '../../../src/compiler/c/emit-matmul.js';
import { HAS_EFFECTS, MODULE, NO_INLINE, PRODUCT_PARAMETERS } from '../../../src/compiler/c/node-module.js';
import { ProductPlanner, productPlanner } from '../../../src/compiler/c/plan-products.js';
import { PRELUDE } from '../../../src/compiler/c/prelude.js';

const folder = mkdtempSync(join(tmpdir(), 'products-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const SHAPE: ProductShape = { rows: 23, sums: 7, columns: 45, row: 7, depth: 1, right: 45, out: 45 };
const LAST = TILES[16].at(-1) ?? TILES[16][0];

describe('the planner of matrix products', () => {
  it('chooses the tile with the shortest time and does not measure a known shape again', () => {
    const file = join(folder, 'fastest.json');
    const measured: ProductShape[] = [];
    const time = (shape: ProductShape, tile: Tile) => {
      measured.push(shape);
      // A slow period of the machine affects the first round.
      return (tile === LAST ? 1 : 2) + (measured.length <= TILES[16].length ? 10 : 0);
    };
    const planner = new ProductPlanner(16, file, time);
    assert.equal(planner.tileOf(SHAPE), LAST);
    const count = measured.length;
    assert.equal(planner.tileOf(SHAPE), LAST);
    assert.equal(new ProductPlanner(16, file, time).tileOf({ ...SHAPE }), LAST);
    assert.equal(measured.length, count);
    new ProductPlanner(16, file, time).tileOf({ ...SHAPE, row: 1, depth: 23 });
    assert.equal(measured.length, 2 * count, 'a transposed left matrix is another shape');
    assert.equal(Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object).length, 2);
  });

  it('measures again when its file is damaged or names a tile that does not exist', () => {
    for (const content of ['{"23x7', '[]', 'null', '{"23x7x45 with strides 7 1 45 45": "99x1"}']) {
      const file = join(folder, 'damaged.json');
      writeFileSync(file, content);
      assert.equal(new ProductPlanner(16, file, (_, tile) => (tile === LAST ? 1 : 2)).tileOf(SHAPE), LAST);
      assert.match(readFileSync(file, 'utf8'), /"23x7x45 with strides 7 1 45 45": "5x5"/);
    }
  });

  it('does not measure products of very large matrices', () => {
    const file = join(folder, 'large.json');
    const planner = new ProductPlanner(8, file, () => assert.fail('must not measure'));
    assert.equal(planner.tileOf({ ...SHAPE, rows: 100_000, sums: 100, row: 100 }), TILES[8][0]);
    assert.ok(!existsSync(file));
  });

  it('measures on this CPU, also with narrow matrices, slices and a single row', () => {
    const planner = productPlanner(8);
    for (const shape of [SHAPE, { ...SHAPE, rows: 1, columns: 1, right: 300, out: 2 }])
      assert.ok(TILES[8].includes(planner.tileOf(shape)));
  });
});

it('every tile and vector width computes the same bits of a product', () => {
  const shapes = [
    SHAPE,
    { ...SHAPE, row: 1, depth: 23 },
    { ...SHAPE, rows: 40, columns: 80, right: 80, out: 81 },
  ];
  const variants = shapes.map((shape) =>
    ([8, 16] as const).flatMap((lanes) => TILES[lanes].map((tile) => emitMatMul(shape, lanes, tile))),
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
    const shape = shapes[index] ?? SHAPE;
    const results = ofShape.map(() => values.slice(2000 + cells * at, 2000 + cells * ++at));
    for (const [variant, result] of results.entries())
      assert.deepEqual(result, results[0], `variant ${variant} of shape ${index}`);
    for (const [i, j] of [
      [0, 0],
      [shape.rows - 1, shape.columns - 1],
    ] as const) {
      let sum = 0;
      for (let k = 0; k < shape.sums; k++)
        sum += left(i * shape.row + k * shape.depth) * right(k * shape.right + j);
      assert.ok(Math.abs((results[0]?.[i * shape.out + j] ?? NaN) - sum) < 1e-5);
    }
  }
});
