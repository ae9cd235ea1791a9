const PARAGRAPHS: readonly string[] = [
  'The paper defines the manifold error of the sigmoid data as the mean over generated points of (σ(⟨a*, x₁..ᵣ*⟩) − xᵣ*₊₁)². ' +
    'In the authors’ released score an array of shape [n] is subtracted from one of shape [n, 1]: it broadcasts to [n, n], ' +
    'so that the average runs over all pairs (i, j) of (σ(⟨a*, xᵢ⟩) − xⱼ)², one point’s curve against another’s coordinate.',
  'That measures spread: a generator that has recovered the manifold exactly still scores up to 2 Var σ(⟨a*, z⟩). ' +
    'So the printed errors have to be compared with the average over pairs. As the text defines it, the error is near zero ' +
    'wherever the right number of dimensions was found, and larger in runs that went to an optimum like that of Theorem 4.',
  'Both are logged, as manifoldErrorPairwise and manifoldError, and the tables show the printed number under each.',
];

/** Why Tables 2 and 4 show two readings of the manifold error. */
export function SigmoidError() {
  return PARAGRAPHS.map((paragraph) => <p key={paragraph}>{paragraph}</p>);
}
