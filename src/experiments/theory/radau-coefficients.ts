/*
 * The coefficients of Radau IIA with three stages, and what makes its equations cheap to solve (Hairer and Wanner, "Solving Ordinary
 * Differential Equations II", IV.5 and IV.8).
 */
const SQRT6 = Math.sqrt(6);
/** The nodes c of Radau IIA, as fractions of the step. */
export const NODES = [(4 - SQRT6) / 10, (4 + SQRT6) / 10, 1] as const;
/** The weights of the error estimate, times the real eigenvalue. */
export const ERROR_WEIGHTS = [(-13 - 7 * SQRT6) / 3, (-13 + 7 * SQRT6) / 3, -1 / 3] as const;
/** The eigenvalues of the inverse of the matrix of Radau IIA: a real one, and one of a conjugate pair. */
export const EIGENVALUES = {
  real: 3 + 3 ** (2 / 3) - 3 ** (1 / 3),
  re: 3 + (3 ** (1 / 3) - 3 ** (2 / 3)) / 2,
  im: -(3 ** (5 / 6) + 3 ** (7 / 6)) / 2,
} as const;
/** The eigenvectors as columns: the real one, and the real and imaginary parts of the other. The second matrix is the inverse. */
export const FROM_EIGENBASIS = [
  [0.09443876248897524, -0.14125529502095421, 0.03002919410514742],
  [0.25021312296533332, 0.20412935229379994, -0.38294211275726192],
  [1, 1, 0],
] as const;
export const TO_EIGENBASIS = [
  [4.17871859155190428, 0.32768282076106237, 0.52337644549944951],
  [-4.17871859155190428, -0.32768282076106237, 0.47662355450055044],
  [0.50287263494578682, -2.57192694985560522, 0.59603920482822492],
] as const;
