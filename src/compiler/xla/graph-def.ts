import type { DataType } from '@tensorflow/tfjs-node';
import type { NativeAttribute } from '../native/attribute.js';
import { nativeBackend } from '../native/backend.js';
import { outputArgument } from './operation-outputs.js';
import type { RecordedNode, Recording, ValueRef } from '../record.js';
import type { AttrValue, NodeDef, ShapeProto } from './saved-model-schema.js';

/** TensorFlow's numbers for the data types (`types.proto`). */
const TYPE_NUMBERS = { float32: 1, int32: 3, bool: 10 } as const;

export function typeNumber(dtype: DataType): number {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return TYPE_NUMBERS[dtype];
  throw new Error(`Tensors of type ${dtype} cannot be compiled. Use float32, int32 or bool.`);
}

export function shapeProto(shape: readonly number[]): ShapeProto {
  return { dim: shape.map((size) => ({ size })) };
}

/** Returns a recording as nodes of a function body, and the names of its outputs in that body. */
export function functionBody(
  recording: Recording,
  inputNames: readonly string[],
): { nodes: NodeDef[]; outputs: string[] } {
  const names = new Map(recording.nodes.map((node, index) => [node, `n${index}`]));
  const nameOf = (node: RecordedNode) => names.get(node) ?? unreachable();
  const refer = ({ node, output }: ValueRef): string => {
    if (node === null) return inputNames[output] ?? unreachable();
    if (node.kind === 'constant') return `${nameOf(node)}:output:0`;
    return `${nameOf(node)}:${outputArgument(node.operation)}:${output}`;
  };
  const nodes = recording.nodes.map((node) =>
    node.kind === 'constant'
      ? constant(nameOf(node), node.dtype, node.shape, node.values)
      : operationNode(
          nameOf(node),
          node.operation,
          node.inputs.map(refer),
          Object.fromEntries(node.attributes.map((attribute) => [attribute.name, attrValue(attribute)])),
        ),
  );
  return { nodes, outputs: recording.outputs.map(({ ref }) => refer(ref)) };
}

/** Returns a node of a function body or of the graph itself. */
export function operationNode(
  name: string,
  op: string,
  input: readonly string[],
  attr: Readonly<Record<string, AttrValue>>,
): NodeDef {
  return { name, op, input, attr };
}

export function constant(
  name: string,
  dtype: DataType,
  shape: readonly number[],
  values: ArrayLike<number>,
): NodeDef {
  const array =
    dtype === 'float32'
      ? Float32Array.from(values)
      : dtype === 'int32'
        ? Int32Array.from(values)
        : Uint8Array.from(values);
  const tensor = {
    dtype: typeNumber(dtype),
    tensor_shape: shapeProto(shape),
    tensor_content: new Uint8Array(array.buffer),
  };
  return { name, op: 'Const', attr: { dtype: { type: typeNumber(dtype) }, value: { tensor } } };
}

/** Converts an attribute that tfjs prepared for TensorFlow's C API to an attribute of a graph. */
function attrValue({ name, type, value }: NativeAttribute): AttrValue {
  const { binding } = nativeBackend();
  const list = Array.isArray(value) ? (value as number[]) : null;
  if (type === binding.TF_ATTR_TYPE) return list ? { list: { type: list } } : { type: Number(value) };
  if (type === binding.TF_ATTR_INT) return list ? { list: { i: list } } : { i: Number(value) };
  if (type === binding.TF_ATTR_FLOAT && list === null) return { f: Number(value) };
  if (type === binding.TF_ATTR_BOOL && list === null) return { b: Boolean(value) };
  if (type === binding.TF_ATTR_STRING && typeof value === 'string') return { s: Buffer.from(value) };
  if (type === binding.TF_ATTR_SHAPE && list !== null) return { shape: shapeProto(list) };
  throw new Error(
    `The attribute ${name} of a recorded operation has a type that the engine xla does not support.`,
  );
}

function unreachable(): never {
  throw new Error('The recording refers to a node or an input that it does not contain.');
}
