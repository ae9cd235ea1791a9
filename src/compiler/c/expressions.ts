import type { Literal } from './program.js';

/** C of its operands' names. */
type Expression = (...operands: readonly string[]) => string;

/**
 * Elementwise operations in C, by TensorFlow's names, of vectors: `F` of float32, `I` of int32; a bool is an `I` of 0 and -1. A new one
 * is a line here. NaN comes through, as in TensorFlow: a loss that diverges has to show. Functions `vs_...` are in `prelude.ts`.
 */
export const EXPRESSIONS: Readonly<Record<string, Expression>> = {
  Identity: (a) => a,
  Add: (a, b) => `${a} + ${b}`,
  AddV2: (a, b) => `${a} + ${b}`,
  Sub: (a, b) => `${a} - ${b}`,
  Mul: (a, b) => `${a} * ${b}`,
  RealDiv: (a, b) => `${a} / ${b}`,
  Neg: (a) => `-${a}`,
  Square: (a) => `${a} * ${a}`,
  Sqrt: (a) => `vs_sqrt(${a})`,
  Rsqrt: (a) => `1.0f / vs_sqrt(${a})`,
  Exp: (a) => `vs_exp(${a})`,
  Log: (a) => `vs_log(${a})`,
  Pow: (a, b) => `vs_pow(${a}, ${b})`,
  Sigmoid: (a) => `1.0f / (1.0f + vs_exp(-${a}))`,
  Maximum: (a, b) => `(${a} > ${b}) | (${a} != ${a}) ? ${a} : ${b}`,
  Minimum: (a, b) => `(${a} < ${b}) | (${a} != ${a}) ? ${a} : ${b}`,
  Relu: (a) => `${a} < 0.0f ? F{} : ${a}`,
  // A product, as in TensorFlow: a gradient of NaN or infinity is not hidden where the ReLU is off.
  ReluGrad: (gradient, output) => `${gradient} * (${output} > 0.0f ? 1.0f - F{} : F{})`,
  BitwiseAnd: (a, b) => `${a} & ${b}`,
  BitwiseOr: (a, b) => `${a} | ${b}`,
  BitwiseXor: (a, b) => `${a} ^ ${b}`,
  LeftShift: (a, b) => `(I)((N)${a} << (N)${b})`,
  RightShift: (a, b) => `${a} >> ${b}`,
  LogicalRightShift: (a, b) => `(I)((N)${a} >> (N)${b})`,
  Less: (a, b) => `${a} < ${b}`,
  LessEqual: (a, b) => `${a} <= ${b}`,
  Greater: (a, b) => `${a} > ${b}`,
  GreaterEqual: (a, b) => `${a} >= ${b}`,
  Equal: (a, b) => `${a} == ${b}`,
  NotEqual: (a, b) => `${a} != ${b}`,
  LogicalAnd: (a, b) => `${a} & ${b}`,
  LogicalOr: (a, b) => `${a} | ${b}`,
  LogicalNot: (a) => `~${a}`,
  Select: (condition, a, b) => `${condition} ? ${a} : ${b}`,
  IntToFloat: (a) => `__builtin_convertvector(${a}, F)`,
  BoolToFloat: (a) => `${a} ? 1.0f - F{} : F{}`,
  FloatToInt: (a) => `__builtin_convertvector(${a}, I)`,
  BoolToInt: (a) => `${a} & 1`,
};

/** A constant as a vector, which C reads back without rounding. */
export function cLiteral({ literal, dtype }: Literal): string {
  if (dtype === 'bool') return literal === 0 ? 'I{}' : '~I{}';
  if (dtype === 'int32') return literal === -(2 ** 31) ? '(-2147483647 - 1 + I{})' : `(${literal} + I{})`;
  // -0 - 0 is -0, where -0 + 0 is not. A float32 is exact as a double, which its shortest decimal gives back.
  return `(${cFloat(literal)} - F{})`;
}

function cFloat(value: number): string {
  if (Number.isNaN(value)) return '__builtin_nanf("")';
  if (!Number.isFinite(value)) return value < 0 ? '-__builtin_inff()' : '__builtin_inff()';
  const text = Object.is(value, -0) ? '-0' : String(value);
  return `(float)${/[.e]/.test(text) ? text : `${text}.0`}`;
}
