import type { RecordedNode, TensorShape, ValueRef } from '../record.js';
import { EXPRESSIONS } from './expressions.js';
import type { Sum } from './program.js';
import type { CellType } from './view.js';

export type OperationNode = RecordedNode & { readonly kind: 'operation' };

export function constantValues(ref: ValueRef | undefined): number[] {
  if (ref?.node?.kind !== 'constant') {
    throw new Error(
      'The C engine requires constant shapes, slices and axes. Use the engine xla, or constants.',
    );
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

export function unsupported({ operation }: OperationNode, form: string): never {
  throw new Error(
    `The C engine does not support the TensorFlow operation ${[operation, form].join(' ').trim()}. ` +
      'Use the engine xla, which supports most operations.',
  );
}

export function unsupportedShape(shape: readonly number[]): never {
  throw new Error(`The C engine cannot reshape a tensor to [${shape.join(', ')}]. Use the engine xla.`);
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
  if (from === 'int32' && name === 'RealDiv') return unsupported(node, 'of int32');
  return name;
}

const CASTS: Readonly<Record<string, string>> = {
  'int32 float32': 'IntToFloat',
  'bool float32': 'BoolToFloat',
  'float32 int32': 'FloatToInt',
  'bool int32': 'BoolToInt',
};

/** Returns what a recorded sum reduces, with the tensor viewed as a matrix whose columns are its last axis. */
export function sumOver(node: OperationNode, shape: readonly number[]): Sum['over'] {
  const last = shape.length - 1;
  const axes = new Set(constantValues(node.inputs[1]).map((axis) => (axis < 0 ? axis + shape.length : axis)));
  const isSummed = shape.map((size, axis) => axes.has(axis) || size === 1);
  if (isSummed.every(Boolean)) return 'all';
  if (isSummed.slice(0, last).every(Boolean) && !axes.has(last)) return 'rows';
  if (axes.size === 1 && axes.has(last)) return 'columns';
  return unsupported(node, 'over axes other than all, the last or all but the last');
}

/**
 * Checks that a recorded gather selects whole rows of its table, the only form that the C engine supports.
 * @throws an Error for another axis, for batch dimensions and for indices that are not int32
 */
export function requireGatherOfRows(node: OperationNode, indexType: CellType): void {
  if (Number(attribute(node, 'batch_dims') ?? 0) !== 0) unsupported(node, 'with batch_dims other than 0');
  if (constantValues(node.inputs[2])[0] !== 0) unsupported(node, 'along an axis other than 0');
  if (indexType !== 'int32') unsupported(node, 'with indices that are not int32');
}

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
