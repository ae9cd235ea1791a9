import { cellType, expressionOf, logicalShiftOf, attribute, outputOf } from '../recorded.js';
import { dtypeOf, type Value } from '../value.js';
import { inputOf, type Call } from './call.js';

/** Lowers an operation that has an expression of its name. */
export function lowerElementwise(call: Call): Value {
  const { node, inputs, builder } = call;
  const { shape, dtype: outputType } = outputOf(node);
  const dtype = cellType(outputType);
  const first = inputOf(call, 0);
  if (node.operation === 'Cast' && dtypeOf(first) === dtype) return first;
  const expression = expressionOf(node, dtypeOf(first), dtype);
  const shift = logicalShiftOf(node)?.map((ref) => builder.value(ref));
  if (shift !== undefined) return builder.apply('LogicalRightShift', shift, shape, dtype);
  return builder.apply(expression, inputs, shape, dtype);
}

export function lowerLeakyRelu(call: Call): Value {
  const { node, builder } = call;
  const { shape } = outputOf(node);
  const x = inputOf(call, 0);
  const number = (literal: number): Value => ({ literal, dtype: 'float32', shape });
  const isPositive = builder.apply('Greater', [x, number(0)], shape, 'bool');
  const slope = Math.fround(Number(attribute(node, 'alpha')));
  return builder.apply(
    'Select',
    [isPositive, x, builder.apply('Mul', [x, number(slope)], shape, 'float32')],
    shape,
    'float32',
  );
}
