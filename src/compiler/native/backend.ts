import type { DataType, Tensor } from '@tensorflow/tfjs-node';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';
import type { TFEOpAttr } from '@tensorflow/tfjs-node/dist/tfjs_binding.js';
import { tf } from './tensorflow.js';

export type NativeBackend = NodeJSKernelBackend;
export type NativeAttribute = TFEOpAttr;

/** The native backend of this thread. */
export function nativeBackend(): NativeBackend {
  return tf.backend() as NativeBackend;
}

/** Version of the TensorFlow library that is loaded, for example `2.21.0`. */
export function loadedTensorFlowVersion(): string {
  return nativeBackend().binding.TF_Version;
}

/**
 * Runs one TensorFlow operation that tfjs has no function for. It has no gradient.
 * @param types the operation's type attributes, `{ T: 'int32' }`
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
