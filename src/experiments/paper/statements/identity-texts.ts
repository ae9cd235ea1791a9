interface IdentityText {
  readonly label: string;
  /** What the identity states, in ASCII for LaTeX. */
  readonly says: string;
}

/** The texts of the identities by their names in settings. An identity without a text is shown by its name. */
const TEXTS: Readonly<Record<string, IdentityText>> = {
  eq4: { label: 'Eq. (4)', says: 'the closed form of the linear loss, by Monte Carlo' },
  lemma1: { label: 'Lemma 1', says: 'a lower bound by the reconstruction error and log eps' },
  lemma2: { label: 'Lemma 2', says: 'the best decoder variance' },
  lemma3: { label: 'Lemma 3, Eq. (5)', says: 'the best encoder variance, and L1 there' },
  'lemma4-loss': { label: 'Lemma 4, loss', says: 'a rotation of x-space does not change the loss' },
  'lemma4-gradient': { label: 'Lemma 4, gradient', says: 'the gradient rotates with x-space' },
  'lemma4-trajectory': { label: 'Lemma 4, descent', says: 'gradient descent rotates with x-space' },
  'lemma5-l': { label: 'Lemma 5, L', says: 'the gradient of L shrinks decoder rows where A is zero' },
  'lemma5-l1': { label: 'Lemma 5, L1', says: 'the gradient of L1 shrinks decoder rows where A is zero' },
  eq7: { label: 'Eq. (7)', says: 'the part outside of W bounds the singular values beyond dim W' },
  lemma7: { label: 'Lemma 7', says: 'Eq. (3) is minus the evidence lower bound, up to a constant' },
  'lemma1-tanh': { label: 'Lemma 1, tanh', says: 'the lower bound of Lemma 1 for tanh networks' },
  'lemma2-tanh': { label: 'Lemma 2, tanh', says: 'the best decoder variance for tanh networks' },
  'lemma7-tanh': { label: 'Lemma 7, tanh', says: 'Lemma 7 for tanh networks' },
  eq8: { label: 'Lemma 8, Eq. (8)', says: 'the closed form of the linear loss, exactly' },
};

export function identityText(name: string): IdentityText {
  return TEXTS[name] ?? { label: name, says: '' };
}
