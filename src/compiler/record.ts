import type { DataType, Tensor, TensorInfo } from '@tensorflow/tfjs-node';
import type { NativeAttribute } from './native/attribute.js';
import { nativeBackend, type NativeBackend } from './native/backend.js';

/** A reference to a value of a recording: output `output` of node `node`, or input `output` of the function if `node` is null. */
export interface ValueRef {
  readonly node: RecordedNode | null;
  readonly output: number;
}

/** Type and shape of a tensor. */
export interface TensorShape {
  /** Data type, for example `float32`. */
  readonly dtype: DataType;
  /** Size of each dimension; empty for a scalar. */
  readonly shape: readonly number[];
}

export type RecordedNode =
  | (TensorShape & { readonly kind: 'constant'; readonly values: ArrayLike<number> })
  | {
      readonly kind: 'operation';
      readonly operation: string;
      readonly attributes: readonly NativeAttribute[];
      readonly inputs: readonly ValueRef[];
      readonly outputs: readonly TensorShape[];
    };

/** The TensorFlow operations of a function of tensors, in execution order. */
export interface Recording {
  readonly nodes: readonly RecordedNode[];
  readonly outputs: readonly (TensorShape & { readonly ref: ValueRef })[];
}

let recordings = 0;

/** Returns whether a function is being recorded, so that only tensor operations become part of the recording. */
export function isRecording(): boolean {
  return recordings > 0;
}

/**
 * Calls `fn` once and records every native operation, including those of gradients and optimizers. Tensors that were created outside
 * of the recording become constants.
 * @throws an Error if `fn` reads values that depend on its inputs, because they would become constants in the recording
 */
export function record(fn: (inputs: Tensor[]) => Tensor[], inputs: readonly Tensor[]): Recording {
  const backend = nativeBackend();
  const recorder = new Recorder(backend, inputs);
  const original = {
    executeSingleOutput: backend.executeSingleOutput.bind(backend),
    executeMultipleOutputs: backend.executeMultipleOutputs.bind(backend),
    readSync: backend.readSync.bind(backend),
  };
  backend.executeSingleOutput = (name, attributes, operands) => {
    const output = original.executeSingleOutput(name, attributes, operands);
    recorder.add(name, attributes, operands, [output]);
    return output;
  };
  backend.executeMultipleOutputs = (name, attributes, operands, count) => {
    const outputs = original.executeMultipleOutputs(name, attributes, operands, count);
    recorder.add(name, attributes, operands, outputs);
    return outputs;
  };
  backend.readSync = (dataId) => {
    recorder.assertReadable(dataId);
    return original.readSync(dataId);
  };
  recordings += 1;
  try {
    return recorder.finish(fn([...inputs]));
  } finally {
    recordings -= 1;
    Object.assign(backend, original);
  }
}

class Recorder {
  readonly #backend: NativeBackend;
  readonly #readSync: NativeBackend['readSync'];
  readonly #nodes: RecordedNode[] = [];
  /** References by tensor data and shape. One tensor's data can have several shapes, because reshape in tfjs is not an operation. */
  readonly #known = new Map<object, Map<string, ValueRef>>();

  constructor(backend: NativeBackend, inputs: readonly Tensor[]) {
    this.#backend = backend;
    this.#readSync = backend.readSync.bind(backend);
    inputs.forEach((input, output) => {
      this.#define(input, { node: null, output });
    });
  }

  add(
    operation: string,
    attributes: readonly NativeAttribute[],
    operands: readonly TensorInfo[],
    outputs: readonly TensorInfo[],
  ): void {
    const inputs = operands.map((operand) => this.#refer(operand));
    const node: RecordedNode = {
      kind: 'operation',
      operation,
      attributes: [...attributes],
      inputs,
      outputs: outputs.map(({ dtype, shape }) => ({ dtype, shape })),
    };
    this.#nodes.push(node);
    outputs.forEach((tensor, output) => {
      this.#define(tensor, { node, output });
    });
  }

  assertReadable(dataId: object): void {
    const known = this.#known.get(dataId)?.values().next().value;
    if (known !== undefined && known.node?.kind !== 'constant') {
      throw new Error(
        'The function to compile reads the values of a tensor that depends on its inputs. They would become constants of the compiled ' +
          'loop. Use tensor operations instead of data(), dataSync(), array() and arraySync().',
      );
    }
  }

  finish(outputs: readonly Tensor[]): Recording {
    return {
      outputs: outputs.map((tensor) => ({
        dtype: tensor.dtype,
        shape: tensor.shape,
        ref: this.#refer(tensor),
      })),
      nodes: this.#nodes,
    };
  }

  #define(tensor: TensorInfo, ref: ValueRef): void {
    this.#known.set(tensor.dataId, new Map([[shapeKey(tensor), ref]]));
  }

  #refer(tensor: TensorInfo): ValueRef {
    if (!this.#known.has(tensor.dataId)) this.#addConstant(tensor);
    return this.#known.get(tensor.dataId)?.get(shapeKey(tensor)) ?? this.#addReshape(tensor);
  }

  #addConstant(tensor: TensorInfo): void {
    const values = this.#readSync(tensor.dataId);
    if (!isNumeric(values))
      throw new Error(
        `The function to compile uses a constant of type ${tensor.dtype}. Use float32, int32 or bool.`,
      );
    const node: RecordedNode = {
      kind: 'constant',
      dtype: tensor.dtype,
      shape: tensor.shape,
      values: values.slice(),
    };
    this.#nodes.push(node);
    this.#define(tensor, { node, output: 0 });
  }

  #addReshape(tensor: TensorInfo): ValueRef {
    const { binding } = this.#backend;
    const shapes = this.#known.get(tensor.dataId) ?? new Map<string, ValueRef>();
    const source = shapes.values().next().value;
    if (source === undefined) throw new Error('The recorder has no reference to a tensor that it recorded.');
    const shape: RecordedNode = {
      kind: 'constant',
      dtype: 'int32',
      shape: [tensor.shape.length],
      values: Int32Array.from(tensor.shape),
    };
    const reshape: RecordedNode = {
      kind: 'operation',
      operation: 'Reshape',
      attributes: [
        { name: 'T', type: binding.TF_ATTR_TYPE, value: this.#backend.getDTypeInteger(tensor.dtype) },
        { name: 'Tshape', type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 },
      ],
      inputs: [source, { node: shape, output: 0 }],
      outputs: [{ dtype: tensor.dtype, shape: tensor.shape }],
    };
    this.#nodes.push(shape, reshape);
    const ref = { node: reshape, output: 0 };
    shapes.set(shapeKey(tensor), ref);
    return ref;
  }
}

function shapeKey(tensor: TensorInfo): string {
  return tensor.shape.join(',');
}

function isNumeric(values: unknown): values is Float32Array | Int32Array | Uint8Array {
  return values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array;
}
