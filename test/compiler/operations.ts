import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-node';
import { gatherRows } from '../../src/compiler/gather.js';
import { tf } from '../../src/compiler/native/tensorflow.js';

/** A function of tensors as a user writes it, and an example of its argument. */
export interface TestedOperation {
  readonly fn: (x: Tensor) => Tensor;
  readonly x: Tensor;
  /** Whether tfjs has a gradient for it. */
  readonly hasGradient: boolean;
}

const matrix = tf.randomNormal<Rank.R2>([4, 6], 0, 2, 'float32', 1);
const other = tf.randomNormal<Rank.R2>([4, 6], 0, 1, 'float32', 2);
const positive = tf.add(tf.abs(other), 0.1);
const within = tf.mul(tf.tanh(other), 0.9);
const images = tf.randomNormal<Rank.R4>([2, 5, 6, 3], 0, 1, 'float32', 3);
const filter = tf.randomNormal<Rank.R4>([3, 3, 3, 4], 0, 1, 'float32', 4);
const batches = tf.randomNormal<Rank.R3>([2, 3, 4], 0, 1, 'float32', 5);
const keys = tf.randomNormal<Rank.R3>([2, 5, 4], 0, 1, 'float32', 10);
const right = tf.randomNormal<Rank.R3>([2, 4, 5], 0, 1, 'float32', 6);
const classes = tf.tensor1d([0, 5, 2, 3], 'int32');
const rows = tf.tensor1d([2, 0], 'int32');

const of = (x: Tensor, fn: (x: Tensor) => Tensor): TestedOperation => ({ fn, x, hasGradient: true });
const constant = (x: Tensor, fn: (x: Tensor) => Tensor): TestedOperation => ({ fn, x, hasGradient: false });
const as1D = (x: Tensor) => x as Tensor1D;
const as2D = (x: Tensor) => x as Tensor2D;
const as4D = (x: Tensor) => x as Tensor4D;

/** The operations of tfjs that small models use, by the kind of operation and the name in the documentation. */
export const TESTED: Readonly<Record<string, Readonly<Record<string, TestedOperation>>>> = {
  'Elementwise functions': {
    abs: of(matrix, tf.abs),
    acos: of(within, tf.acos),
    asin: of(within, tf.asin),
    atan: of(matrix, tf.atan),
    ceil: of(matrix, tf.ceil),
    clipByValue: of(matrix, (x) => tf.clipByValue(x, -1, 1)),
    cos: of(matrix, tf.cos),
    cosh: of(matrix, tf.cosh),
    divNoNan: constant(matrix, (x) => tf.divNoNan(x, tf.relu(other))),
    elu: of(matrix, tf.elu),
    erf: of(matrix, tf.erf),
    exp: of(matrix, tf.exp),
    expm1: of(matrix, tf.expm1),
    floor: of(matrix, tf.floor),
    floorDiv: of(matrix, (x) => tf.floorDiv(x, other)),
    'gelu (with erf)': of(matrix, (x) => tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.div(x, Math.SQRT2))))),
    isNaN: constant(matrix, (x) => tf.cast(tf.isNaN(tf.log(x)), 'float32')),
    leakyRelu: of(matrix, (x) => tf.leakyRelu(x, 0.1)),
    log: of(positive, tf.log),
    log1p: of(positive, tf.log1p),
    logSigmoid: of(matrix, tf.logSigmoid),
    maximum: of(matrix, (x) => tf.maximum(x, other)),
    minimum: of(matrix, (x) => tf.minimum(x, other)),
    mod: of(matrix, (x) => tf.mod(x, other)),
    pow: of(positive, (x) => tf.pow(x, 1.7)),
    prelu: of(matrix, (x) => tf.prelu(x, tf.scalar(0.2))),
    reciprocal: of(positive, tf.reciprocal),
    relu: of(matrix, tf.relu),
    relu6: of(matrix, (x) => tf.relu6(tf.mul(x, 4))),
    round: of(matrix, tf.round),
    rsqrt: of(positive, tf.rsqrt),
    selu: of(matrix, tf.selu),
    sigmoid: of(matrix, tf.sigmoid),
    sign: of(matrix, tf.sign),
    sin: of(matrix, tf.sin),
    sinh: of(matrix, tf.sinh),
    softplus: of(matrix, tf.softplus),
    sqrt: of(positive, tf.sqrt),
    square: of(matrix, tf.square),
    squaredDifference: of(matrix, (x) => tf.squaredDifference(x, other)),
    step: of(matrix, (x) => tf.step(x)),
    tan: of(within, tf.tan),
    tanh: of(matrix, tf.tanh),
    where: constant(matrix, (x) => tf.where(tf.greater(x, 0), x, other)),
  },
  Reductions: {
    argMax: constant(matrix, (x) => tf.cast(tf.argMax(x, 1), 'float32')),
    argMin: constant(matrix, (x) => tf.cast(tf.argMin(x, 0), 'float32')),
    cumsum: of(matrix, (x) => tf.cumsum(x, 1)),
    'cumsum (exclusive, reversed)': of(matrix, (x) => tf.cumsum(x, 1, true, true)),
    logSoftmax: of(matrix, (x) => tf.logSoftmax(x)),
    logSumExp: of(matrix, (x) => tf.logSumExp(x, 1)),
    max: of(matrix, (x) => tf.max(x, 1)),
    mean: of(matrix, (x) => tf.mean(x)),
    'mean (of rows and columns of images)': of(images, (x) => tf.mean(x, [1, 2])),
    min: of(matrix, (x) => tf.min(x, 0)),
    moments: of(matrix, (x) => tf.moments(x, 1).variance),
    norm: of(matrix, (x) => tf.norm(x)),
    prod: constant(within, (x) => tf.prod(x, 1)),
    softmax: of(matrix, (x) => tf.softmax(x)),
    softmaxCrossEntropy: of(matrix, (x) => tf.losses.softmaxCrossEntropy(tf.oneHot(classes, 6), x)),
    sum: of(matrix, (x) => tf.sum(x)),
    'sum (over separate axes)': of(images, (x) => tf.sum(x, [0, 2])),
  },
  Products: {
    batchMatMul: of(batches, (x) => tf.matMul(x, right)),
    'batchMatMul (broadcast)': of(tf.randomNormal([3, 2, 3, 4], 0, 1, 'float32', 11), (x) =>
      tf.matMul(x, right),
    ),
    'batchMatMul (transposed)': of(batches, (x) => tf.matMul(x, keys, false, true)),
    dot: of(matrix, (x) => tf.dot(as2D(x), tf.transpose(other))),
    einsum: constant(batches, (x) => tf.einsum('bij,bjk->bik', x, right)),
    'einsum (with a transpose and a sum)': constant(batches, (x) => tf.einsum('bij,bjk->kj', x, right)),
    'einsum (of one tensor)': constant(batches, (x) => tf.einsum('bij->jb', x)),
    matMul: of(matrix, (x) => tf.matMul(as2D(x), other, true, false)),
    outerProduct: of(tf.slice(tf.reshape(matrix, [24]), [0], [5]), (x) => tf.outerProduct(as1D(x), as1D(x))),
  },
  'Convolutions and pooling': {
    avgPool: of(images, (x) => tf.avgPool(as4D(x), 2, 2, 'same')),
    conv1d: of(batches, (x) => tf.conv1d(x as typeof batches, tf.ones([2, 4, 3]), 1, 'same')),
    conv2d: of(images, (x) => tf.conv2d(as4D(x), filter, 1, 'same')),
    'conv2d (dilated)': constant(images, (x) => tf.conv2d(as4D(x), filter, 1, 'valid', 'NHWC', 2)),
    'conv2d (stride 2)': of(images, (x) => tf.conv2d(as4D(x), filter, 2, 'same')),
    'conv2d (with respect to the filter)': of(filter, (x) => tf.conv2d(images, as4D(x), 2, 'same')),
    conv2dTranspose: of(images, (x) =>
      tf.conv2dTranspose(as4D(x), tf.transpose(filter, [0, 1, 3, 2]), [2, 10, 12, 4], 2, 'same'),
    ),
    depthwiseConv2d: of(images, (x) => tf.depthwiseConv2d(as4D(x), filter, 1, 'same')),
    'depthwiseConv2d (stride 2)': of(images, (x) => tf.depthwiseConv2d(as4D(x), filter, 2, 'valid')),
    'depthwiseConv2d (with respect to the filter)': of(filter, (x) =>
      tf.depthwiseConv2d(images, as4D(x), 2, 'same'),
    ),
    maxPool: of(images, (x) => tf.maxPool(as4D(x), 2, 2, 'valid')),
    'maxPool (overlapping)': of(images, (x) => tf.maxPool(as4D(x), 3, 2, 'same')),
    resizeBilinear: of(images, (x) => tf.image.resizeBilinear(as4D(x), [8, 13])),
    'resizeBilinear (aligned corners)': of(images, (x) => tf.image.resizeBilinear(as4D(x), [3, 9], true)),
    'resizeBilinear (half pixel centers)': constant(images, (x) =>
      tf.image.resizeBilinear(as4D(x), [10, 4], false, true),
    ),
    resizeNearestNeighbor: of(images, (x) => tf.image.resizeNearestNeighbor(as4D(x), [10, 12])),
    'resizeNearestNeighbor (aligned corners)': of(images, (x) =>
      tf.image.resizeNearestNeighbor(as4D(x), [7, 4], true),
    ),
    'resizeNearestNeighbor (half pixel centers)': constant(images, (x) =>
      tf.image.resizeNearestNeighbor(as4D(x), [7, 9], false, true),
    ),
  },
  'Shapes, slices and choices': {
    broadcastTo: of(tf.slice(matrix, [0, 0], [1, 6]), (x) => tf.broadcastTo(x, [3, 6])),
    concat: of(matrix, (x) => tf.concat([x, other], 1)),
    expandDims: of(matrix, (x) => tf.expandDims(x, 1)),
    gather: of(matrix, (x) => tf.gather(x, rows)),
    gatherRows: of(matrix, (x) => gatherRows(x, rows)),
    'gather (columns)': of(matrix, (x) => tf.gather(x, classes, 1)),
    oneHot: constant(positive, (x) => tf.oneHot(tf.cast(tf.round(x), 'int32'), 4)),
    pad: of(matrix, (x) =>
      tf.pad(
        x,
        [
          [1, 2],
          [0, 3],
        ],
        0.5,
      ),
    ),
    reshape: of(matrix, (x) => tf.reshape(x, [3, 8])),
    reverse: of(matrix, (x) => tf.reverse(x, 1)),
    slice: of(matrix, (x) => tf.slice(x, [1, 2], [2, 3])),
    split: of(matrix, (x) => tf.mul(...(tf.split(x, 2, 1) as [Tensor, Tensor]))),
    stack: of(matrix, (x) => tf.stack([x, other], 1)),
    stridedSlice: constant(matrix, (x) => tf.stridedSlice(x, [0, 1], [4, 6], [2, 2])),
    tile: of(matrix, (x) => tf.tile(x, [2, 3])),
    transpose: of(images, (x) => tf.transpose(x, [0, 2, 1, 3])),
    unstack: of(tf.slice(matrix, [0, 0], [2, 6]), (x) => tf.add(...(tf.unstack(x) as [Tensor, Tensor]))),
  },
};
