import type { TaskInfo } from '../protocol.js';
import type { Column, Results } from '../results.js';

/** Keeps tasks with some values of a column: one of the texts, or a number in a range. */
export interface Filter {
  readonly column: string;
  /** The texts, of which none keeps all tasks; null for a range. */
  readonly texts: readonly string[] | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** Fewer digits of an id would often match numbers by chance. */
const MIN_ID_DIGITS = 6;

/** Returns an initial filter of a column, which keeps all tasks. */
export function newFilter({ name, texts }: Column): Filter {
  return { column: name, texts: texts === null ? null : [], min: null, max: null };
}

/** Returns whether a task matches all filters and contains all words of the search. */
export function matcher(
  filters: readonly Filter[],
  search: string,
  results: Results,
  infoById: ReadonlyMap<string, TaskInfo>,
): (id: string) => boolean {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const tests = filters.flatMap((filter) => {
    const column = results.byName.get(filter.column);
    return column === undefined ? [] : [testOf(filter, column)];
  });
  const searched = results.columns.filter(({ texts, isVarying }) => texts !== null && isVarying);
  const textOf = (id: string): string => {
    const values = searched.map((column) => searchedText(column, id));
    return [infoById.get(id)?.label, ...values].join(' ').toLowerCase();
  };
  return (id) => {
    if (!tests.every((test) => test(id))) return false;
    if (words.length === 0) return true;
    const text = textOf(id);
    return words.every(
      (word) => text.includes(word) || (word.length >= MIN_ID_DIGITS && id.startsWith(word)),
    );
  };
}

/** Returns what a search finds: the name and the value of a setting, but of tags and notes only those that the task has. */
function searchedText({ kind, title, textOf }: Column, id: string): string {
  const value = textOf(id);
  if (kind === 'tag') return value === 'yes' ? title : '';
  return kind === 'note' ? value : `${title} ${value}`;
}

function testOf({ texts, min, max }: Filter, column: Column): (id: string) => boolean {
  if (texts !== null) return (id) => texts.length === 0 || texts.includes(column.textOf(id));
  return (id) => {
    if (min === null && max === null) return true;
    const value = column.numberOf(id);
    return value !== null && value >= (min ?? -Infinity) && value <= (max ?? Infinity);
  };
}

/** Reads filters from the address, for example `width=16|32;loss~0.1..2`. */
export function parseFilters(text: string): Filter[] {
  return text.split(';').flatMap((part): Filter[] => {
    const [, name = '', sign, value = ''] = /^([^=~]+)([=~])(.*)$/.exec(part) ?? [];
    const column = decode(name);
    if (sign === '=') {
      const texts = value === '' ? [] : value.split('|').map(decode);
      return [{ column, texts, min: null, max: null }];
    }
    if (sign !== '~') return [];
    const [min = '', max = ''] = value.split('..');
    return [{ column, texts: null, min: toNumber(min), max: toNumber(max) }];
  });
}

export function formatFilters(filters: readonly Filter[]): string {
  return filters
    .map(({ column, texts, min, max }) => {
      const name = encodeURIComponent(column);
      return texts === null
        ? `${name}~${min ?? ''}..${max ?? ''}`
        : `${name}=${texts.map(encodeURIComponent).join('|')}`;
    })
    .join(';');
}

/** Returns the number that a user typed; null if there is none. */
export function toNumber(text: string): number | null {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? null : value;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Someone edited the address.
    return text;
  }
}
