import type { RecordedNode, Recording, TensorShape } from '../record.js';
import { Builder } from './builder.js';
import { OPERATIONS } from './operations/index.js';
import { lowerElementwise } from './operations/elementwise.js';
import type { Program } from './program.js';
import { cellType } from './recorded.js';
import type { Value } from './value.js';

/**
 * Lowers a recording to a program. Reshapes and slices become views, constants that repeat one number become literals, and everything
 * else becomes elementwise operations, products and reductions.
 * @throws an UnsupportedError if the recording has an operation, or a form of one, that the C engine does not support
 */
export function lower(recording: Recording, inputs: readonly TensorShape[]): Program {
  const builder = new Builder(inputs);
  for (const node of recording.nodes) builder.define(node, valuesOf(node, builder));
  return builder.finish(recording);
}

function valuesOf(node: RecordedNode, builder: Builder): readonly Value[] {
  if (node.kind === 'constant')
    return [builder.constant(cellType(node.dtype), node.shape, Array.from(node.values))];
  const inputs = node.inputs.map((ref) => builder.value(ref));
  const outputs = (OPERATIONS[node.operation] ?? lowerElementwise)({ node, inputs, builder });
  return Array.isArray(outputs) ? (outputs as readonly Value[]) : [outputs as Value];
}
