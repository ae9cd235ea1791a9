import type { SettingValue } from './setting-values.js';

/** How people read and write a setting. Whatever is left out goes without saying for most settings. */
export interface SettingWords {
  /** As the command line takes it. Default: `[200,200,200]` for a list, and whatever the value is as text. */
  readonly format?: (value: SettingValue) => string;
  /** What the command line may give besides YAML. @returns undefined for another text */
  readonly parse?: (text: string) => SettingValue | undefined;
  /** Examples of both, for an error. */
  readonly hint?: string;
  /** A name for where there is little room. */
  readonly short?: string;
  /** What the parts of its text are. */
  readonly parts?: string;
  /** Main: shown where no other setting tells tasks apart, its value without its name. Seed: what tells repetitions of a run apart. */
  readonly role?: 'main' | 'seed';
  /** Whether a task's folder name tells it. */
  readonly isInFolderName?: boolean;
}

/** A seed of the data, or of whatever there is. */
export const SEED_WORDS: SettingWords = { role: 'seed', isInFolderName: true };

/** Three dimensions, as `3-12-20`, which no shell expands. */
export const DIMENSIONS_WORDS: SettingWords = {
  format: (value) => (Array.isArray(value) ? value.join('-') : String(value)),
  parse: (text) => /^(\d+)-(\d+)-(\d+)$/.exec(text)?.slice(1).map(Number),
  hint: 'as 3-12-20 or [3,12,20]',
  role: 'main',
  isInFolderName: true,
};
