import type { SettingValue } from './setting-values.js';

/** Presentation of a setting in texts and on the command line. The defaults suit most settings. */
export interface SettingDisplay {
  /** Formats a value in the form that the command line accepts. Default: `[200,200,200]` for lists, `String(value)` otherwise. */
  readonly format?: (value: SettingValue) => string;
  /** Parses a short form that the command line accepts in addition to YAML. @returns undefined if the text is not the short form */
  readonly parse?: (text: string) => SettingValue | undefined;
  /** Examples of both forms, for error messages. */
  readonly hint?: string;
  /** Name for places with little room. */
  readonly short?: string;
  /** Names of the parts of its text, for example `r*-d-r`. */
  readonly parts?: string;
  /**
   * A `main` setting labels cells by its value without its name, even if it does not vary. A `seed` distinguishes repetitions of the same
   * settings.
   */
  readonly role?: 'main' | 'seed';
  /** Whether the folder names of tasks contain it. */
  readonly isInFolderName?: boolean;
}

/** Presentation of a seed of the data or of the computation. */
export const SEED_DISPLAY: SettingDisplay = { role: 'seed', isInFolderName: true };

/** Presentation of three dimensions, for example `3-12-20`, which shells do not expand. */
export const DIMENSIONS_DISPLAY: SettingDisplay = {
  format: (value) => (Array.isArray(value) ? value.join('-') : String(value)),
  parse: (text) => /^(\d+)-(\d+)-(\d+)$/.exec(text)?.slice(1).map(Number),
  hint: 'for example 3-12-20 or [3,12,20]',
  role: 'main',
  isInFolderName: true,
};
