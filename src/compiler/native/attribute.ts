/** An attribute of a TensorFlow operation, as tfjs-node's binding takes it. */
export interface NativeAttribute {
  readonly name: string;
  /** TensorFlow's number of the attribute's kind. */
  readonly type: number;
  readonly value: boolean | number | object | string | number[];
}
