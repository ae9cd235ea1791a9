import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { elideCopies } from '../../../src/compiler/c/copy-elision.js';
import { sliced } from '../../../src/compiler/c/view.js';
import { ProgramBuilder } from './programs.js';

describe('a product that is copied into part of another tensor', () => {
  const make = new ProgramBuilder();
  const [left, right] = [make.tensor(2, 3), make.tensor(3, 4)];
  const [product, gradient] = [make.tensor(2, 4), make.tensor(20)];
  const multiply = make.matmul(left, right, product);
  const place = { ...sliced(gradient, [8], [8]), shape: [2, 4], strides: [4, 1] };
  const copy = make.elementwise('Identity', [product], place);

  it('is written there directly', () => {
    const { operations } = elideCopies(make.program([multiply, copy], [left, right], [gradient]));
    assert.equal(operations.length, 1);
    assert.deepEqual(
      operations.map(({ kind, out }) => [kind, out.buffer, out.offset]),
      [['matmul', gradient.buffer, 8]],
    );
  });

  it('is still copied if another operation reads it too', () => {
    const other = make.tensor();
    const program = make.program(
      [multiply, copy, make.sum(product, other)],
      [left, right],
      [gradient, other],
    );
    assert.deepEqual(elideCopies(program), program);
  });

  it('is still copied if the destination has gaps between the rows', () => {
    const gaps = { ...place, strides: [6, 1] };
    const program = make.program([multiply, { ...copy, out: gaps }], [left, right], [gradient]);
    assert.deepEqual(elideCopies(program), program);
  });
});
