import type { Elementwise, MatMul, Operand, Program, Sum } from '../../../src/compiler/c/program.js';
import { sizeOf, wholeView, type View } from '../../../src/compiler/c/view.js';

/** Builds tensors and operations of small programs. Each tensor has its own buffer. */
export class ProgramBuilder {
  #buffers = 0;

  tensor(...shape: number[]): View {
    return wholeView({ id: this.#buffers++, size: sizeOf(shape) }, 'float32', shape);
  }

  elementwise(expression: string, operands: readonly Operand[], out: View): Elementwise {
    return { kind: 'elementwise', expression, operands, out };
  }

  sum(input: View, out: View): Sum {
    return { kind: 'sum', over: 'all', input, out };
  }

  matmul(left: View, right: View, out: View): MatMul {
    return { kind: 'matmul', left, right, out };
  }

  program(operations: Program['operations'], inputs: readonly View[], outputs: readonly View[]): Program {
    return { operations, constants: [], inputs: inputs.map(({ buffer }) => buffer), outputs };
  }
}
