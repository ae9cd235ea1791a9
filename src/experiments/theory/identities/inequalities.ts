import { sum } from 'simple-statistics';
import { lossCorrelation, simplifiedLossCorrelation } from '../gradient-correlation.js';
import { complementBasis, squaredComponents, squaredTail } from '../projections.js';
import { atLeast, withZeroRow, type Identity } from './identity.js';

const ROUNDING = 1e-11;

export const lemma5L: Identity = {
  statement: 'Lemma 5: where row i of A is zero, <A~^(i), dL/dA~^(i)> >= sum_j D~_jj A~_ij^2 / eps~^2.',
  tolerance: ROUNDING,
  check(random, point) {
    const { truth, vae, row } = withZeroRow(random, point);
    const { left, right } = lossCorrelation(truth, vae, row);
    return atLeast(left, right);
  },
};

export const lemma5L1: Identity = {
  statement:
    'Lemma 5: where row i of A is zero, <A~^(i), dL1/dA~^(i)> >= sum_j A~_ij^2 / (|A~_j|^2 + eps~^2).',
  tolerance: ROUNDING,
  check(random, point) {
    const { truth, vae, row } = withZeroRow(random, point);
    const { left, right } = simplifiedLossCorrelation(truth, vae, row);
    return atLeast(left, right);
  },
};

export const eq7: Identity = {
  statement: 'Eq. (7), first part: |P_Wperp A~|_F^2 >= sum of sigma_k(A~)^2 over k > dim W.',
  tolerance: ROUNDING,
  check(_random, { truth, vae }) {
    const basis = complementBasis(truth);
    return atLeast(
      sum(squaredComponents(basis, vae.decoder)),
      squaredTail(vae.decoder, truth.rows - basis.columns),
    );
  },
};
