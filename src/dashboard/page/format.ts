import type { StateName } from './protocol.js';

/** How a state is called, and its sign, so that no colour has to be told from another. In the order in which they are counted. */
export const STATES: readonly { readonly name: StateName; readonly word: string; readonly sign: string }[] = [
  { name: 'done', word: 'done', sign: '✓' },
  { name: 'running', word: 'running', sign: '▶' },
  { name: 'interrupted', word: 'to continue', sign: '‖' },
  { name: 'new', word: 'to do', sign: '·' },
  { name: 'failed', word: 'failed', sign: '✕' },
  { name: 'corrupt', word: 'corrupt', sign: '!' },
];

export function wordOf(state: StateName): string {
  return STATES.find(({ name }) => name === state)?.word ?? state;
}

export function signOf(state: StateName): string {
  return STATES.find(({ name }) => name === state)?.sign ?? '';
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** Four significant digits. */
export function formatValue(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

/** As `about 2 h 5 min`. */
export function formatAbout(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `about ${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `about ${minutes} min ${seconds % 60} s`;
  return `about ${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}
