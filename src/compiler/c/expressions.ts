import type { Literal } from './program.js';

/** Returns a C expression, given the names of the operands. */
type Expression = (...operands: readonly string[]) => string;

/**
 * Elementwise operations as C expressions of vectors, by TensorFlow's names: `F` is a vector of float32, `I` one of int32, and a bool is
 * an `I` of 0 and -1. To support another operation, add a line here. NaN propagates as in TensorFlow, so that a diverging loss is
 * visible. The `vs_...` functions are defined in `prelude.ts`.
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
  // A product, as in TensorFlow: a NaN or infinite gradient stays visible where the ReLU is off.
  ReluGrad: (gradient, output) => `${gradient} * (${output} > 0.0f ? 1.0f - F{} : F{})`,
  Tanh: (a) => `vs_tanh(${a})`,
  Erf: (a) => `vs_erf(${a})`,
  Expm1: (a) => `vs_expm1(${a})`,
  Log1p: (a) => `vs_log1p(${a})`,
  Softplus: (a) => `vs_softplus(${a})`,
  Elu: (a) => `${a} < 0.0f ? vs_expm1(${a}) : ${a}`,
  EluGrad: (gradient, output) => `${output} < 0.0f ? ${gradient} * (${output} + 1.0f) : ${gradient}`,
  Selu: (a) => `1.0507009873554804934f * (${a} < 0.0f ? 1.6732632423543772848f * vs_expm1(${a}) : ${a})`,
  Relu6: (a) => `${a} < 0.0f ? F{} : ${a} > 6.0f ? 6.0f - F{} : ${a}`,
  Abs: (a) => `vs_abs(${a})`,
  Sign: (a) => `${a} > 0.0f ? 1.0f - F{} : ${a} < 0.0f ? -1.0f - F{} : ${a}`,
  Floor: (a) => `vs_floor(${a})`,
  Ceil: (a) => `-vs_floor(-${a})`,
  Round: (a) => `vs_round(${a})`,
  Sin: (a) => `vs_sin(${a})`,
  Cos: (a) => `vs_cos(${a})`,
  Tan: (a) => `vs_tan(${a})`,
  Atan: (a) => `vs_atan(${a})`,
  Asin: (a) => `vs_asin(${a})`,
  Acos: (a) => `vs_acos(${a})`,
  Sinh: (a) => `vs_sinh(${a})`,
  Cosh: (a) => `vs_cosh(${a})`,
  Reciprocal: (a) => `1.0f / ${a}`,
  SquaredDifference: (a, b) => `(${a} - ${b}) * (${a} - ${b})`,
  DivNoNan: (a, b) => `${b} == 0.0f ? F{} : ${a} / ${b}`,
  FloorDiv: (a, b) => `vs_floor(${a} / ${b})`,
  FloorMod: (a, b) => `vs_mod(${a}, ${b})`,
  IsNan: (a) => `${a} != ${a}`,
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

/** Expressions that are defined for float32 operands only. */
export const FLOAT_EXPRESSIONS: ReadonlySet<string> = new Set([
  ...[
    'RealDiv',
    'Tanh',
    'Erf',
    'Expm1',
    'Log1p',
    'Softplus',
    'Elu',
    'EluGrad',
    'Selu',
    'Relu6',
    'Abs',
    'Sign',
    'Floor',
    'Ceil',
  ],
  ...[
    'Round',
    'Sin',
    'Cos',
    'Tan',
    'Atan',
    'Asin',
    'Acos',
    'Sinh',
    'Cosh',
    'Reciprocal',
    'DivNoNan',
    'FloorDiv',
    'FloorMod',
    'IsNan',
  ],
]);

/** Returns a constant as a C vector expression, without rounding. */
export function cLiteral({ literal, dtype }: Literal): string {
  if (dtype === 'bool') return literal === 0 ? 'I{}' : '~I{}';
  if (dtype === 'int32') return literal === -(2 ** 31) ? '(-2147483647 - 1 + I{})' : `(${literal} + I{})`;
  // Subtract 0 instead of adding it: -0 - 0 is -0, but -0 + 0 is 0. The shortest decimal of a double restores a float32 exactly.
  return `(${cFloat(literal)} - F{})`;
}

function cFloat(value: number): string {
  if (Number.isNaN(value)) return '__builtin_nanf("")';
  if (!Number.isFinite(value)) return value < 0 ? '-__builtin_inff()' : '__builtin_inff()';
  const text = Object.is(value, -0) ? '-0' : String(value);
  return `(float)${/[.e]/.test(text) ? text : `${text}.0`}`;
}
