export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** Formats a value with four significant digits. */
export function formatValue(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

/** Formats an approximate duration, for example `about 2 h 5 min`. */
export function formatAbout(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `about ${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `about ${minutes} min ${seconds % 60} s`;
  return `about ${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}
