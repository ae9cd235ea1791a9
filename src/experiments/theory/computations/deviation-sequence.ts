/** Returns values of eps from 1 to 10^-decades with equal ratios. */
export function deviationSequence(decades: number, pointsPerDecade: number): number[] {
  return Array.from({ length: decades * pointsPerDecade + 1 }, (_, i) => 10 ** (-i / pointsPerDecade));
}
