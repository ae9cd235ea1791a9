import { useEffect, useState } from 'preact/hooks';

export type GroupName = 'a' | 'b';

/** What the page shows of a sweep. It is stored in the URL, so that it can be bookmarked and shared. */
export interface Selection {
  readonly sweep: string | null;
  readonly a: readonly string[];
  readonly b: readonly string[];
  /** The task with its details shown. */
  readonly task: string | null;
}

const ID = /^[0-9a-f]{16}$/;

export function useSelection(): [Selection, (change: Partial<Selection>) => void] {
  const [selection, setSelection] = useState(() => parse(window.location.hash));
  useEffect(() => {
    const follow = (): void => {
      setSelection(parse(window.location.hash));
    };
    window.addEventListener('hashchange', follow);
    return () => {
      window.removeEventListener('hashchange', follow);
    };
  }, []);
  const change = (part: Partial<Selection>): void => {
    setSelection((before) => {
      const next = { ...before, ...part };
      window.history.replaceState(null, '', `#${format(next)}`);
      return next;
    });
  };
  return [selection, change];
}

/** Adds tasks to a group and removes them from the other one. If all are already in the group, removes them. */
export function toggled(selection: Selection, group: GroupName, ids: readonly string[]): Partial<Selection> {
  const isIn = ids.every((id) => selection[group].includes(id));
  const others = (name: GroupName): string[] => selection[name].filter((id) => !ids.includes(id));
  const other = group === 'a' ? 'b' : 'a';
  return { [group]: isIn ? others(group) : [...others(group), ...ids], [other]: others(other) };
}

function parse(hash: string): Selection {
  const values = new URLSearchParams(hash.replace(/^#/, ''));
  const ids = (name: string): string[] => (values.get(name) ?? '').split(',').filter((id) => ID.test(id));
  return { sweep: values.get('sweep'), a: ids('a'), b: ids('b'), task: ids('task')[0] ?? null };
}

function format({ sweep, a, b, task }: Selection): string {
  return new URLSearchParams({
    ...(sweep === null ? {} : { sweep }),
    ...(a.length === 0 ? {} : { a: a.join() }),
    ...(b.length === 0 ? {} : { b: b.join() }),
    ...(task === null ? {} : { task }),
  }).toString();
}
