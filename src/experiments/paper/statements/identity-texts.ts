interface IdentityText {
  readonly label: string;
  /** In ASCII: LaTeX prints it. */
  readonly says: string;
}

/** By the name that a setting gives them. One that is missing here goes by its name. */
const TEXTS: Readonly<Record<string, IdentityText>> = {
  eq4: { label: 'Eq. (4)', says: 'the closed form of the linear loss, by Monte Carlo' },
  lemma1: { label: 'Lemma 1', says: 'a lower bound by the reconstruction error and log eps' },
  lemma2: { label: 'Lemma 2', says: 'the best decoder variance' },
  lemma3: { label: 'Lemma 3, Eq. (5)', says: 'the best encoder variance, and L1 there' },
  'lemma4-loss': { label: 'Lemma 4, loss', says: 'a rotation of x-space leaves the loss as it is' },
  'lemma4-gradient': { label: 'Lemma 4, gradient', says: 'the gradient turns with it' },
  'lemma4-trajectory': { label: 'Lemma 4, descent', says: 'gradient descent turns with it' },
  'lemma5-l': { label: 'Lemma 5, L', says: 'the gradient of L shrinks rows of the decoder where A has none' },
  'lemma5-l1': { label: 'Lemma 5, L1', says: 'the gradient of L1 does' },
  eq7: { label: 'Eq. (7)', says: 'the singular values beyond dim W are at most what lies outside W' },
  lemma7: { label: 'Lemma 7', says: 'Eq. (3) is minus the evidence lower bound, but for a constant' },
  eq8: { label: 'Lemma 8, Eq. (8)', says: 'the closed form of the linear loss, exactly' },
};

export function identityText(name: string): IdentityText {
  return TEXTS[name] ?? { label: name, says: '' };
}
