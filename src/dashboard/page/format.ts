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

/** Formats a duration with its unit, for example `350 ms`, `12.3 s` or `2 h 5 min`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${Number((milliseconds / 1_000).toPrecision(3))} s`;
  return formatAbout(milliseconds).replace('about ', '');
}

/** Formats a value for a narrow place, with two or three significant digits. */
export function formatShort(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-2 || size >= 1e4)) return value.toExponential(0).replace('e+', 'e');
  return String(Number(value.toPrecision(3)));
}
