import type { Builder } from '../builder.js';
import { missing, type OperationNode } from '../recorded.js';
import type { Value } from '../value.js';

/** A recorded operation, the values of its inputs, and the program to which it is added. */
export interface Call {
  readonly node: OperationNode;
  readonly inputs: readonly Value[];
  readonly builder: Builder;
}

/** Adds an operation to the program. @returns its output, or its outputs if it has several */
export type Lowering = (call: Call) => Value | readonly Value[];

/** Returns the index of an axis, which TensorFlow may count from the last one with a negative number. */
export function axisOf(axis: number, { length }: readonly number[]): number {
  return (axis + length) % length;
}

export function inputOf({ node, inputs }: Call, index: number): Value {
  return inputs[index] ?? missing(node);
}
