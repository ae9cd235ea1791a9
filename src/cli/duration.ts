import { InputError } from '../errors.js';

/** A duration, and how the user wrote it. */
export interface Duration {
  readonly text: string;
  readonly ms: number;
}

const UNITS = /^(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/;
/** A Node timer takes at most 24 days. */
const MAX_HOURS = 500;

/** @param text for example `90s`, `55m` or `1h30m` */
export function parseDuration(option: string, text: string): Duration {
  const parts = UNITS.exec(text) ?? [];
  const [hours = 0, minutes = 0, seconds = 0] = [1, 2, 3].map((part) => Number(parts[part] ?? 0));
  const total = (hours * 60 + minutes) * 60 + seconds;
  if (total >= 1 && total <= MAX_HOURS * 3600) return { text, ms: total * 1000 };
  throw new InputError(
    `${option}: expected a time from 1s to ${MAX_HOURS}h, for example 90s, 55m or 1h30m, got ${text}`,
  );
}
