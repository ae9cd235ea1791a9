import { useMemo } from 'preact/hooks';
import type { AnnotationsReply, AnnotationView } from '../protocol.js';
import { useReply } from '../reply.js';
import type { Column, Results } from '../results.js';

export const NO_ANNOTATION: AnnotationView = { tags: [], note: '' };
const NOTHING: AnnotationsReply = { sweep: NO_ANNOTATION, tasks: {} };
const YES_NO = ['yes', 'no'];

/** Fetches the tags and notes of a sweep and its tasks. @param version changes when there may be others */
export function useAnnotations(sweep: string, version: string): AnnotationsReply {
  const { value } = useReply(() => fetchAnnotations(sweep), [sweep, version]);
  return value ?? NOTHING;
}

async function fetchAnnotations(sweep: string): Promise<AnnotationsReply> {
  const response = await fetch(`/api/annotations?${new URLSearchParams({ sweep }).toString()}`);
  if (!response.ok) throw new Error(`the server responded with status ${response.status}`);
  return (await response.json()) as AnnotationsReply;
}

/** Adds a column per tag, and one with the notes, so that all views can filter and show them. */
export function useAnnotatedResults(results: Results, { tasks }: AnnotationsReply): Results {
  return useMemo(() => {
    const all = Object.values(tasks);
    const tags = [...new Set(all.flatMap((each) => each.tags))].sort();
    const notes = [...new Set(all.map(({ note }) => note).filter((note) => note !== ''))].sort();
    const added = tags.map((tag) => {
      const textOf = (id: string): string => (tasks[id]?.tags.includes(tag) === true ? 'yes' : 'no');
      return columnOf('tag', `tag ${tag}`, YES_NO, textOf);
    });
    if (notes.length > 0) added.push(columnOf('note', 'note', notes, (id) => tasks[id]?.note ?? ''));
    const columns = [...results.columns, ...added];
    return { ...results, columns, byName: new Map(columns.map((column) => [column.name, column])) };
  }, [results, tasks]);
}

function columnOf(
  kind: 'tag' | 'note',
  name: string,
  texts: readonly string[],
  textOf: (id: string) => string,
): Column {
  return {
    ...{ kind, name, title: name, texts, textOf },
    isVarying: true,
    isShown: true,
    isLog: false,
    isNumeric: false,
    numberOf: (id) => {
      const position = texts.indexOf(textOf(id));
      return position < 0 ? null : position;
    },
    format: (value) => texts[value] ?? '',
  };
}
