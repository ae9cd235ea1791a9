import type { DataType, Tensor } from '@tensorflow/tfjs-node';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';
import { tf } from './tensorflow.js';

export type NativeBackend = NodeJSKernelBackend;

/** Returns the native backend of this thread. */
export function nativeBackend(): NativeBackend {
  return tf.backend() as NativeBackend;
}

/** Returns the version of the loaded TensorFlow library, for example `2.21.0`. */
export function loadedTensorFlowVersion(): string {
  return nativeBackend().binding.TF_Version;
}

/**
 * Runs a TensorFlow operation for which tfjs has no function. It has no gradient.
 * @param name the name of the operation in TensorFlow's registry, for example `BitwiseAnd`
 * @param types the type attributes of the operation, for example `{ T: 'int32' }`
 */
export function operation(name: string, inputs: readonly Tensor[], types: Record<string, DataType>): Tensor {
  const backend = nativeBackend();
  const attributes = Object.entries(types).map(([attribute, dtype]) => ({
    name: attribute,
    type: backend.binding.TF_ATTR_TYPE,
    value: backend.getDTypeInteger(dtype),
  }));
  return backend.executeSingleOutput(name, attributes, [...inputs]);
}
