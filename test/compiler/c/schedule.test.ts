import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fc } from '../../fast-check.js';
import { readsOf, type Operation } from '../../../src/compiler/c/program.js';
import {
  canOverwrite,
  layOut,
  schedule,
  storedViews,
  type Kernel,
} from '../../../src/compiler/c/schedule.js';
import type { View } from '../../../src/compiler/c/view.js';
import { ProgramBuilder } from './programs.js';

/** Returns the kinds of the kernels, with the number of operations of each loop. */
function summary(kernels: readonly Kernel[]): string[] {
  return kernels.map((kernel) =>
    kernel.kind === 'loop' ? `loop of ${kernel.operations.length}` : kernel.kind,
  );
}

function operationsOf(kernel: Kernel): readonly Operation[] {
  return kernel.kind === 'loop' ? kernel.operations : [kernel];
}

describe('a schedule', () => {
  it('fuses elementwise operations of one shape into one loop', () => {
    const make = new ProgramBuilder();
    const [x, y, doubled, result] = [make.tensor(8), make.tensor(8), make.tensor(8), make.tensor(8)];
    const program = make.program(
      [make.elementwise('Add', [x, x], doubled), make.elementwise('Mul', [doubled, y], result)],
      [x, y],
      [result],
    );
    const kernels = schedule(program);
    assert.deepEqual(summary(kernels), ['loop of 2']);
    assert.deepEqual(
      [...storedViews(kernels, new Set([result.buffer]))],
      [result],
      'other values stay in registers',
    );
  });

  it('starts a loop that reads a sum after the sum', () => {
    const make = new ProgramBuilder();
    const [x, squared, total, result] = [make.tensor(8), make.tensor(8), make.tensor(), make.tensor(8)];
    const repeated = { ...total, shape: [8], strides: [0] };
    const program = make.program(
      [
        make.elementwise('Square', [x], squared),
        make.sum(squared, total),
        make.elementwise('RealDiv', [squared, repeated], result),
      ],
      [x],
      [result],
    );
    assert.deepEqual(summary(schedule(program)), ['loop of 1', 'sum', 'loop of 1']);
  });

  it('drops operations that no output needs', () => {
    const make = new ProgramBuilder();
    const [x, unused, result] = [make.tensor(8), make.tensor(8), make.tensor(8)];
    const program = make.program(
      [make.elementwise('Neg', [x], unused), make.elementwise('Exp', [x], result)],
      [x],
      [result],
    );
    assert.deepEqual(summary(schedule(program)), ['loop of 1']);
  });

  it('writes every tensor before it is read, in random programs', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { minLength: 1, maxLength: 12 }),
        (steps) => {
          const { program, inputs } = randomProgram(steps);
          const known = new Set(inputs.map(({ buffer }) => buffer));
          for (const kernel of schedule(program))
            for (const operation of operationsOf(kernel)) {
              for (const { buffer } of readsOf(operation)) assert.ok(known.has(buffer));
              known.add(operation.out.buffer);
            }
          for (const { buffer } of program.outputs) assert.ok(known.has(buffer));
        },
      ),
      { seed: 20261127, numRuns: 200 },
    );
  });
});

describe('the layout of the buffers', () => {
  it('never lets two buffers share cells while both are needed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { minLength: 1, maxLength: 12 }),
        (steps) => {
          const { program } = randomProgram(steps);
          const kernels = schedule(program);
          const stored = storedViews(kernels, new Set(program.outputs.map(({ buffer }) => buffer)));
          const { offsets, size } = layOut(kernels, stored, new Map(), 0);
          const lives = [...offsets].map(([buffer, from]) => {
            const uses = kernels.flatMap((kernel, index) =>
              operationsOf(kernel).some(
                (operation) =>
                  operation.out.buffer === buffer ||
                  readsOf(operation).some((view) => view.buffer === buffer),
              )
                ? [index]
                : [],
            );
            return { from, to: from + buffer.size, first: Math.min(...uses), last: Math.max(...uses) };
          });
          for (const [index, a] of lives.entries()) {
            assert.ok(a.to <= size);
            for (const b of lives.slice(index + 1)) {
              const together = a.first <= b.last && b.first <= a.last;
              assert.ok(!together || a.to <= b.from || b.to <= a.from);
            }
          }
        },
      ),
      { seed: 20261127, numRuns: 200 },
    );
  });
});

describe('an input that an output replaces', () => {
  const make = new ProgramBuilder();
  const [x, next, total] = [make.tensor(8), make.tensor(8), make.tensor()];
  const update = make.elementwise('Neg', [x], next);

  it('can be overwritten by a loop that reads each cell before it writes it', () => {
    const kernels = schedule(make.program([update], [x], [next]));
    assert.equal(canOverwrite(kernels, x.buffer, next), true);
  });

  it('cannot be overwritten while a later kernel reads it', () => {
    const kernels: Kernel[] = [{ kind: 'loop', shape: [8], operations: [update] }, make.sum(x, total)];
    assert.equal(canOverwrite(kernels, x.buffer, next), false);
  });
});

/** Returns a random chain of elementwise operations and sums over the tensors so far; the last tensor is the output. */
function randomProgram(steps: readonly (readonly [number, number, boolean])[]) {
  const make = new ProgramBuilder();
  const inputs = [make.tensor(20), make.tensor(20)];
  const known: View[] = [...inputs];
  const operations = steps.map(([left, right, isSum]): Operation => {
    const pick = (index: number) => known[index % known.length] ?? inputs[0] ?? make.tensor(20);
    const repeat = (view: View) => (view.shape.length === 0 ? { ...view, shape: [20], strides: [0] } : view);
    const [a, b] = [pick(left), pick(right)];
    const sums = isSum && a.shape.length === 1;
    const out = sums ? make.tensor() : make.tensor(20);
    known.push(out);
    return sums ? make.sum(a, out) : make.elementwise('Add', [repeat(a), repeat(b)], out);
  });
  return { inputs, program: make.program(operations, inputs, known.slice(-1)) };
}
