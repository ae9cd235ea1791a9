import type { RecordedNode, TensorShape, ValueRef } from '../record.js';
import { EXPRESSIONS, FLOAT_EXPRESSIONS } from './expressions.js';
import type { CellType } from './view.js';

export type OperationNode = RecordedNode & { readonly kind: 'operation' };

export function constantValues(ref: ValueRef | undefined): number[] {
  if (ref?.node?.kind !== 'constant') {
    throw new UnsupportedError('The C engine requires constant shapes, slices and axes.');
  }
  return Array.from(ref.node.values);
}

export function attribute(node: OperationNode, name: string): unknown {
  return node.attributes.find((one) => one.name === name)?.value;
}

export function outputOf(node: OperationNode): TensorShape {
  const [output, ...others] = node.outputs;
  return output === undefined || others.length > 0 ? unsupported(node, 'with more than one output') : output;
}

export function cellType(dtype: string): CellType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new Error(`Tensors of type ${dtype} cannot be compiled. Use float32, int32 or bool.`);
}

/** Thrown when the C engine can't compile a loop that XLA may be able to compile. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
  /** What the C engine does not support, as a sentence. */
  readonly reason: string;

  constructor(reason: string) {
    super(`${reason} Use the engine xla.`);
    this.reason = reason;
  }
}

export function unsupported({ operation }: OperationNode, form: string): never {
  const what = [operation, form].join(' ').trim();
  throw new UnsupportedError(`The C engine does not support the TensorFlow operation ${what}.`);
}

export function unsupportedShape(shape: readonly number[]): never {
  throw new UnsupportedError(`The C engine cannot reshape a tensor to [${shape.join(', ')}].`);
}

export function missing(node: OperationNode): never {
  throw new Error(`The recorded operation ${node.operation} has too few inputs.`);
}

/** Returns the key in `EXPRESSIONS` of an elementwise operation. */
export function expressionOf(node: OperationNode, from: CellType, to: CellType): string {
  if (node.operation === 'Cast') {
    return CASTS[`${from} ${to}`] ?? unsupported(node, `from ${from} to ${to}`);
  }
  const name = node.operation === 'SelectV2' ? 'Select' : node.operation;
  if (!Object.hasOwn(EXPRESSIONS, name)) return unsupported(node, '');
  if (from === 'int32' && FLOAT_EXPRESSIONS.has(name)) return unsupported(node, 'of int32');
  return name;
}

const CASTS: Readonly<Record<string, string>> = {
  'int32 float32': 'IntToFloat',
  'bool float32': 'BoolToFloat',
  'float32 int32': 'FloatToInt',
  'bool int32': 'BoolToInt',
};

/**
 * Recognizes a logical shift to the right. TensorFlow's own shift repeats the sign, so it is recorded with a mask that clears those bits.
 * @returns the word and the distance of the shift, or null if the operation is not such a mask
 */
export function logicalShiftOf({ operation, inputs }: OperationNode): readonly ValueRef[] | null {
  if (operation !== 'BitwiseAnd') return null;
  const [shift, mask] = inputs.map((ref) => ref.node);
  if (shift?.kind !== 'operation' || shift.operation !== 'RightShift' || mask?.kind !== 'constant')
    return null;
  const distance = shift.inputs[1]?.node;
  if (distance?.kind !== 'constant') return null;
  const masks = mask.values.length === 1 && mask.values[0] === 2 ** (32 - (distance.values[0] ?? 0)) - 1;
  return masks ? shift.inputs : null;
}
