/** Up to `most` of the items, first and last among them, at even distances. */
export function evenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  const places = Array.from({ length: most }, (_, i) =>
    Math.round((i * (items.length - 1)) / Math.max(1, most - 1)),
  );
  return [...new Set(places)].flatMap((place) => items.slice(place, place + 1));
}
