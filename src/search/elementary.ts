/**
 * exp, log and normal quantiles from additions, multiplications, divisions and square roots, which IEEE 754 rounds in one way on every
 * machine. ECMAScript leaves `Math.exp`, `Math.log` and `Math.pow` to the implementation: V8 compiles fdlibm with the platform's C++
 * compiler, which may fuse multiplications with additions, and it has changed `Math.pow` between versions. Search points are part of a
 * task's identity, so they must not depend on that.
 */

/** ln 2 as the sum of two numbers; products of the first with small integers are exact (fdlibm, e_exp.c). */
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

const MIN_EXPONENT = -1074;
const MAX_EXPONENT = 1023;
const POWERS_OF_TWO = powersOfTwo();

/** e^x, with a relative error below 1e-15. */
export function exp(x: number): number {
  const exponent = Math.round(x / Math.LN2);
  if (exponent > MAX_EXPONENT) return Infinity;
  if (exponent < MIN_EXPONENT) return 0;
  const rest = x - exponent * LN2_HIGH - exponent * LN2_LOW;
  let sum = 1;
  for (let term = 15; term >= 1; term--) sum = 1 + (rest / term) * sum;
  return sum * powerOfTwo(exponent);
}

/** Natural logarithm of a positive number, with an error below 1e-15 relative to 1 + |ln x|. */
export function log(x: number): number {
  // The guess may be off by one on some machine; the loops correct it.
  let exponent = Math.min(MAX_EXPONENT, Math.round(Math.log2(x)));
  let rest = x / powerOfTwo(exponent);
  for (; rest > Math.SQRT2; exponent++) rest /= 2;
  for (; rest < Math.SQRT1_2; exponent--) rest *= 2;
  // ln m = 2 atanh((m - 1) / (m + 1)), as a series.
  const ratio = (rest - 1) / (rest + 1);
  const square = ratio * ratio;
  let sum = 0;
  for (let power = 23; power >= 1; power -= 2) sum = 1 / power + square * sum;
  return exponent * LN2_HIGH + (2 * ratio * sum + exponent * LN2_LOW);
}

/**
 * Quantile of the standard normal distribution, for 0 < p < 1, with a relative error of about 1e-15: M. J. Wichura, "Algorithm AS 241:
 * the percentage points of the normal distribution", Applied Statistics 37 (1988), routine PPND16.
 */
export function normalQuantile(p: number): number {
  const distance = p - 0.5;
  if (Math.abs(distance) <= 0.425) {
    const r = 0.180625 - distance * distance;
    return (distance * polynomial(CENTRE_TOP, r)) / polynomial(CENTRE_BOTTOM, r);
  }
  const tail = Math.sqrt(-log(distance < 0 ? p : 1 - p));
  const size =
    tail <= 5
      ? polynomial(MIDDLE_TOP, tail - 1.6) / polynomial(MIDDLE_BOTTOM, tail - 1.6)
      : polynomial(TAIL_TOP, tail - 5) / polynomial(TAIL_BOTTOM, tail - 5);
  return distance < 0 ? -size : size;
}

/**
 * Distribution function of the standard normal distribution, with an absolute error below 1e-15: J. F. Hart et al., "Computer
 * approximations", 1968, algorithm 5666, in the form of G. West, "Better approximations to cumulative normal functions", Wilmott, 2005.
 */
export function normalShare(x: number): number {
  const size = Math.abs(x);
  const density = exp((-size * size) / 2);
  const upper =
    size < 5 * Math.SQRT2
      ? (density * polynomial(HART_TOP, size)) / polynomial(HART_BOTTOM, size)
      : density / (size + 1 / (size + 2 / (size + 3 / (size + 4 / (size + 0.65))))) / 2.506628274631;
  return x > 0 ? 1 - upper : upper;
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}

function powerOfTwo(exponent: number): number {
  return POWERS_OF_TWO[exponent - MIN_EXPONENT] ?? NaN;
}

function powersOfTwo(): Float64Array {
  const powers = new Float64Array(MAX_EXPONENT - MIN_EXPONENT + 1);
  let power = Number.MIN_VALUE;
  for (let i = 0; i < powers.length; i++, power *= 2) powers[i] = power;
  return powers;
}

/** Coefficients of AS 241, the highest power first. */
const CENTRE_TOP = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
  1971.5909503065513, 133.14166789178438, 3.3871328727963665,
];
const CENTRE_BOTTOM = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
  687.1870074920579, 42.31333070160091, 1.0,
];
const MIDDLE_TOP = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const MIDDLE_BOTTOM = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1.0,
];
const TAIL_TOP = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124,
  0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
];
const TAIL_BOTTOM = [
  2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133,
  0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1.0,
];

/** Coefficients of Hart's algorithm 5666, the highest power first. */
const HART_TOP = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
  221.213596169931, 220.206867912376,
];
const HART_BOTTOM = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674,
  637.333633378831, 793.826512519948, 440.413735824752,
];
