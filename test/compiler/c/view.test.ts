import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fc } from '../../fast-check.js';
import {
  broadcast,
  isContiguous,
  isWhole,
  reshaped,
  sizeOf,
  sliced,
  squeezed,
  squeezedLike,
  transposed,
  wholeView,
  type View,
} from '../../../src/compiler/c/view.js';

function whole(...shape: number[]): View {
  return wholeView({ id: 0, size: sizeOf(shape) }, 'float32', shape);
}

/** Returns the cells of a view's elements in row-major order, which define the view completely. */
function cellsOf({ shape, strides, offset }: View): number[] {
  const cells = (axis: number, at: number): number[] =>
    axis === shape.length
      ? [at]
      : Array.from({ length: shape[axis] ?? 0 }, (_, index) =>
          cells(axis + 1, at + index * (strides[axis] ?? 0)),
        ).flat();
  return cells(0, offset);
}

const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });
const options = { seed: 20261127, numRuns: 200 };

describe('a view of a buffer', () => {
  it('of the whole buffer has all cells in order', () => {
    fc.assert(
      fc.property(sizes, (shape) => {
        const view = whole(...shape);
        assert.deepEqual(
          cellsOf(view),
          Array.from({ length: sizeOf(shape) }, (_, cell) => cell),
        );
        assert.ok(isWhole(view) && isContiguous(view));
      }),
      options,
    );
  });

  it('swaps rows and columns when it is transposed', () => {
    assert.deepEqual(cellsOf(transposed(whole(2, 3))), [0, 3, 1, 4, 2, 5]);
    assert.equal(isContiguous(transposed(whole(2, 3))), false);
    assert.equal(isContiguous(transposed(whole(1, 3))), true, 'one row becomes one column');
  });

  it('has the cells from the beginning of a slice when it is sliced', () => {
    const part = sliced(whole(3, 4), [1, 2], [2, 2]);
    assert.deepEqual(cellsOf(part), [6, 7, 10, 11]);
    assert.equal(isWhole(part), false);
    assert.deepEqual(cellsOf(sliced(part, [1, 0], [1, 2])), [10, 11], 'a slice of a slice');
  });

  it('is reshaped only if no cells have to be moved', () => {
    fc.assert(
      fc.property(sizes, (shape) => {
        const flat = reshaped(whole(...shape), [sizeOf(shape)]);
        assert.deepEqual(flat && cellsOf(flat), cellsOf(whole(...shape)));
      }),
      options,
    );
    assert.equal(reshaped(transposed(whole(2, 3)), [6]), null);
    assert.equal(reshaped(sliced(whole(3, 4), [0, 1], [3, 2]), [6]), null);
  });

  it('is broadcast along axes of size 1 and missing axes', () => {
    assert.deepEqual(cellsOf(broadcast(whole(2, 1), [2, 3])), [0, 0, 0, 1, 1, 1]);
    assert.deepEqual(cellsOf(broadcast(whole(3), [2, 3])), [0, 1, 2, 0, 1, 2]);
  });

  it('keeps its cells when axes of size 1 are removed', () => {
    fc.assert(
      fc.property(sizes, (shape) => {
        const view = whole(...shape);
        assert.deepEqual(cellsOf(squeezed(view)), cellsOf(view));
        assert.ok(squeezed(view).shape.every((size) => size !== 1));
      }),
      options,
    );
    const repeated = broadcast(whole(1, 3), [2, 1, 3]);
    assert.deepEqual(squeezedLike(repeated, [2, 1, 3]).shape, [2, 3]);
    assert.deepEqual(cellsOf(squeezedLike(repeated, [2, 1, 3])), cellsOf(repeated));
  });
});
