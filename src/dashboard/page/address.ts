import { useEffect, useRef, useState } from 'preact/hooks';

export type GroupName = 'a' | 'b';

export const VIEWS = ['overview', 'table', 'scatter', 'parallel', 'results'] as const;
export type View = (typeof VIEWS)[number];

/** The choices of the views, each a text whose meaning belongs to its view. An absent one has its default. */
const OPTIONS = [
  ...['color', 'scale', 'rows', 'columns', 'statistic'],
  ...['search', 'filter', 'sort', 'group', 'shown'],
  ...['zoom', 'steps', 'smooth', 'switched', 'curves'],
  ...['x', 'y', 'hue', 'size', 'axes', 'lines'],
] as const;
export type Options = Readonly<Record<string, string>>;

/** What the page shows of a sweep. It is stored in the URL, so that it can be bookmarked and shared. */
export interface Address {
  readonly sweep: string | null;
  readonly view: View;
  readonly a: readonly string[];
  readonly b: readonly string[];
  /** Whether the groups were chosen, even if they are empty now. Until then, the page selects interesting tasks. */
  readonly isChosen: boolean;
  /** The task with its details shown. */
  readonly task: string | null;
  readonly options: Options;
}

/** Changes the address. `replace` leaves no entry in the history, for changes that nobody wants to go back to, such as each typed letter. */
export type Navigate = (change: Partial<Address>, mode?: 'push' | 'replace') => void;

const ID = /^[0-9a-f]{16}$/;

export function useAddress(): [Address, Navigate] {
  const [address, setAddress] = useState(() => parse(window.location.hash));
  const current = useRef(address);
  useEffect(() => {
    const follow = (): void => {
      current.current = parse(window.location.hash);
      setAddress(current.current);
    };
    // Browsers send `popstate` for the back button, and `hashchange` also for an edited URL.
    window.addEventListener('hashchange', follow);
    window.addEventListener('popstate', follow);
    return () => {
      window.removeEventListener('hashchange', follow);
      window.removeEventListener('popstate', follow);
    };
  }, []);
  const navigate: Navigate = (change, mode = 'push') => {
    const before = format(current.current);
    const isChosen = current.current.isChosen || change.a !== undefined || change.b !== undefined;
    current.current = { ...current.current, isChosen, ...change };
    const after = format(current.current);
    if (mode === 'replace') window.history.replaceState(null, '', `#${after}`);
    else if (after !== before) window.history.pushState(null, '', `#${after}`);
    setAddress(current.current);
  };
  return [address, navigate];
}

/** Returns the options with a change. An empty text stands for the default. */
export function withOptions(options: Options, change: Options): Options {
  return Object.fromEntries(Object.entries({ ...options, ...change }).filter(([, text]) => text !== ''));
}

/** Adds tasks to a group and removes them from the other one. If all are already in the group, removes them. */
export function toggled(address: Address, group: GroupName, ids: readonly string[]): Partial<Address> {
  const isIn = ids.every((id) => address[group].includes(id));
  const changed = new Set(ids);
  const others = (name: GroupName): string[] => address[name].filter((id) => !changed.has(id));
  const other = group === 'a' ? 'b' : 'a';
  return { [group]: isIn ? others(group) : [...others(group), ...ids], [other]: others(other) };
}

function parse(hash: string): Address {
  const values = new URLSearchParams(hash.replace(/^#/, ''));
  const ids = (name: string): string[] => (values.get(name) ?? '').split(',').filter((id) => ID.test(id));
  return {
    sweep: values.get('sweep'),
    view: VIEWS.find((view) => view === values.get('view')) ?? 'overview',
    a: ids('a'),
    b: ids('b'),
    isChosen: ['a', 'b', 'task'].some((name) => values.has(name)),
    task: ids('task')[0] ?? null,
    options: withOptions({}, Object.fromEntries(OPTIONS.map((name) => [name, values.get(name) ?? '']))),
  };
}

function format({ sweep, view, a, b, isChosen, task, options }: Address): string {
  const isCleared = isChosen && a.length + b.length === 0;
  return new URLSearchParams({
    ...(sweep === null ? {} : { sweep }),
    ...(view === 'overview' ? {} : { view }),
    ...(a.length > 0 || isCleared ? { a: a.join() } : {}),
    ...(b.length === 0 ? {} : { b: b.join() }),
    ...(task === null ? {} : { task }),
    ...options,
  }).toString();
}
