/** Returns the two-sample Kolmogorov-Smirnov distance: the largest difference of the two empirical distribution functions. */
export function ksDistance(first: readonly number[], second: readonly number[]): number {
  const [a, b] = [first, second].map((values) => Float64Array.from(values).sort());
  if (a === undefined || b === undefined || a.length === 0 || b.length === 0) return NaN;
  let [i, j, largest] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i] ?? NaN, b[j] ?? NaN);
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}
