const PARAGRAPHS: readonly string[] = [
  'The paper defines the manifold error of the sigmoid data as the mean over generated points of (σ(⟨a*, x₁..ᵣ*⟩) − xᵣ*₊₁)². ' +
    'The authors’ released code, however, subtracts an array of shape [n] from one of shape [n, 1]. The result broadcasts to [n, n], ' +
    'so the code averages over all pairs (i, j): the curve at one point against the coordinate of another. In addition, the released score ' +
    'has no σ. The printed numbers do: without σ they would be several times as large. They are averages of (σ(⟨a*, xᵢ⟩) − xⱼ)² over all pairs.',
  'That measures spread: a generator that has recovered the distribution exactly still scores 2 Var σ(⟨a*, z⟩), plus the decoder variance. ' +
    'The printed errors must therefore be compared with the average over pairs. The error as defined in the text is near zero ' +
    'wherever training found the right number of dimensions, and larger in tasks that ended at an optimum like that of Theorem 4.',
  'Both are logged, as manifoldErrorPairwise and manifoldError, and the tables show the printed number below each.',
  'The table shows what an exact generator scores with the a* of each cell. With the paper’s seeds, the errors that Table 4 prints for r* = 5 lie below it.',
];

/** Explains why Tables 2 and 4 show two versions of the manifold error. */
export function SigmoidError() {
  return PARAGRAPHS.map((paragraph) => <p key={paragraph}>{paragraph}</p>);
}
