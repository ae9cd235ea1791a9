const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Formats bytes in decimal units with three significant digits, for example `360 GB`. */
export function formatBytes(bytes: number): string {
  const power = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  return `${formatCount(Number((bytes / 1000 ** power).toPrecision(3)))} ${BYTE_UNITS[power] ?? ''}`;
}

/** Formats a duration in its two largest units, for example `80 ms`, `3 s`, `1 min 12 s`, `4 h 5 min` or `12 d 3 h`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return pair(minutes, 'min', seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return pair(hours, 'h', minutes % 60, 'min');
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** Much faster than `toLocaleString`, which looks up the locale in each call. */
const countFormat = new Intl.NumberFormat('en-US');

/** Formats a count with thousands separators, for example `1,800,000`. */
export function formatCount(count: number): string {
  return countFormat.format(count);
}

/** Formats a number with up to four significant digits, for example `0.01583`. */
export function fourDigits(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const text = `${formatCount(large)} ${largeUnit}`;
  return small === 0 ? text : `${text} ${small} ${smallUnit}`;
}
