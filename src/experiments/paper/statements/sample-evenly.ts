/** Returns up to `max` evenly spaced items, including the first and the last. */
export function sampleEvenly<T>(items: readonly T[], max: number): T[] {
  if (items.length <= max) return [...items];
  const indices = Array.from({ length: max }, (_, i) =>
    Math.round((i * (items.length - 1)) / Math.max(1, max - 1)),
  );
  return [...new Set(indices)].flatMap((index) => items.slice(index, index + 1));
}
