import path from 'node:path';
import { rmSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { StoreError } from '../errors.js';
import {
  assertNotSymlink,
  fsyncFolder,
  makeFolder,
  namesIn,
  readJsonFile,
  statsOf,
  wrapStoreErrors,
  writeFileDurably,
} from './files.js';

const MAX_TAGS = 20;
const MAX_NOTE_CHARACTERS = 4_000;
const MAX_FILE_BYTES = 100_000;
const TAG = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u;
const TAG_EXPECTED =
  'expected a tag of up to 40 letters, digits, dots, underscores and dashes that starts with a letter or a digit';
const NAMES = { task: /^[0-9a-f]{16}$/, sweep: /^[a-z0-9][a-z0-9-]{0,63}$/ } as const;

export const tagSchema = z.string().regex(TAG, { error: TAG_EXPECTED });

/** A note may have line breaks, but no other control characters, because terminals show it. */
export const noteSchema = z
  .string()
  .max(MAX_NOTE_CHARACTERS, { error: `expected at most ${MAX_NOTE_CHARACTERS} characters` })
  // The two joiners occur within words and emoji. Other invisible characters could reverse the text.
  .regex(/^(\P{C}|[\n\t\u200c\u200d])*$/u, { error: 'expected text without control characters' });

const annotationSchema = z.strictObject({
  tags: z.array(tagSchema).max(MAX_TAGS, { error: `expected at most ${MAX_TAGS} tags` }),
  note: noteSchema,
});

/** What people wrote about a task or a sweep. It affects neither identities nor results. */
export interface Annotation {
  /** Sorted, without duplicates. */
  readonly tags: readonly string[];
  /** Empty if there is none. */
  readonly note: string;
}

/** The task with this id, or the sweep with this name. */
export interface Subject {
  readonly kind: 'task' | 'sweep';
  readonly name: string;
}

export interface AnnotationChange {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  /** Replaces the note. @default keeps it */
  readonly note?: string;
}

export const NO_ANNOTATION: Annotation = { tags: [], note: '' };

/** The annotations of all tasks or sweeps that have one, by id or name, and the problems of invalid files. */
export interface Annotations {
  readonly byName: ReadonlyMap<string, Annotation>;
  readonly problems: readonly string[];
}

/** Returns `<out>/annotations/tasks` or `<out>/annotations/sweeps`, which has a JSON file per annotated task or sweep. */
function folderOf(outDir: string, kind: Subject['kind']): string {
  return path.join(outDir, 'annotations', `${kind}s`);
}

function fileOf(outDir: string, { kind, name }: Subject): string {
  if (!NAMES[kind].test(name)) throw new StoreError(`${name} is not the name of a ${kind}`);
  return path.join(folderOf(outDir, kind), `${name}.json`);
}

export function readAnnotations(outDir: string, kind: Subject['kind']): Annotations {
  const folder = folderOf(outDir, kind);
  for (const level of [path.dirname(folder), folder]) assertNotSymlink(level);
  const byName = new Map<string, Annotation>();
  const problems: string[] = [];
  for (const entry of namesIn(folder).sort()) {
    const name = path.basename(entry, '.json');
    if (!entry.endsWith('.json') || !NAMES[kind].test(name)) continue;
    try {
      byName.set(name, readAnnotation(outDir, { kind, name }));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      problems.push(error.message);
    }
  }
  return { byName, problems };
}

/** @throws a StoreError if the file is invalid */
export function readAnnotation(outDir: string, subject: Subject): Annotation {
  const file = fileOf(outDir, subject);
  for (const level of [path.dirname(path.dirname(file)), path.dirname(file), file]) assertNotSymlink(level);
  const found = readJsonFile(file, annotationSchema, MAX_FILE_BYTES);
  if (found.found) return found.value;
  if (found.problem === null) return NO_ANNOTATION;
  throw new StoreError(`${path.dirname(file)}: ${found.problem}: correct or delete the file`);
}

/** Returns a text that changes when an annotation is added, changed or deleted. */
export function annotationsVersion(outDir: string): string {
  const kinds = ['task', 'sweep'] as const;
  return kinds.map((kind) => statsOf(folderOf(outDir, kind))?.mtimeMs ?? 0).join(' ');
}

/**
 * Changes an annotation durably. If two processes change the same one at the same time, the later change may undo the earlier.
 * @throws a StoreError if the result is invalid or can't be written
 */
export function annotate(outDir: string, subject: Subject, change: AnnotationChange): Annotation {
  const before = readAnnotation(outDir, subject);
  const removed = new Set(change.remove);
  const tags = [...before.tags, ...(change.add ?? [])].filter((tag) => !removed.has(tag));
  return write(outDir, subject, { tags, note: change.note ?? before.note });
}

export interface MergedAnnotations {
  /** The number of annotations that changed. */
  readonly changed: number;
  /** What was not merged, and why. */
  readonly problems: readonly string[];
}

/**
 * Adds the annotations of another store: all tags of both, and both notes, one after the other, unless one contains the other.
 * @param options the store to merge into, whether to change nothing, and a signal that stops the merge
 */
export async function mergeAnnotations(
  from: string,
  {
    outDir,
    dryRun,
    signal,
  }: { readonly outDir: string; readonly dryRun: boolean; readonly signal: AbortSignal },
): Promise<MergedAnnotations> {
  const problems: string[] = [];
  let changed = 0;
  for (const kind of ['task', 'sweep'] as const) {
    const found = readAnnotations(from, kind);
    problems.push(...found.problems);
    for (const [name, other] of found.byName) {
      // Yield to the event loop, so that the lock's heartbeat and signal handlers can run.
      await nextTurn();
      if (signal.aborted) break;
      try {
        const own = readAnnotation(outDir, { kind, name });
        const merged = { tags: sorted([...own.tags, ...other.tags]), note: joinNotes(own.note, other.note) };
        if (merged.note === own.note && merged.tags.length === own.tags.length) continue;
        if (dryRun) valid(merged, name);
        else write(outDir, { kind, name }, merged);
        changed += 1;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        problems.push(error.message);
      }
    }
  }
  return { changed, problems };
}

/** Deletes the annotations of tasks. */
export function deleteTaskAnnotations(outDir: string, ids: readonly string[]): void {
  for (const name of ids) {
    const subject = { kind: 'task', name } as const;
    if (statsOf(fileOf(outDir, subject)) !== null) remove(fileOf(outDir, subject));
  }
}

function joinNotes(own: string, other: string): string {
  if (own.includes(other)) return own;
  return other.includes(own) ? other : `${own}\n\n${other}`;
}

function write(outDir: string, subject: Subject, annotation: Annotation): Annotation {
  const file = fileOf(outDir, subject);
  const checked = valid({ tags: sorted(annotation.tags), note: annotation.note.trim() }, subject.name);
  if (checked.tags.length > 0 || checked.note !== '') {
    for (const level of [outDir, path.dirname(path.dirname(file)), path.dirname(file)]) makeFolder(level);
    writeFileDurably(file, `${JSON.stringify(checked, null, 1)}\n`);
  } else if (statsOf(file) !== null) remove(file);
  return checked;
}

function remove(file: string): void {
  wrapStoreErrors(`delete ${file}`, () => {
    rmSync(file, { force: true });
  });
  fsyncFolder(path.dirname(file));
}

function valid(annotation: Annotation, name: string): Annotation {
  const result = annotationSchema.safeParse(annotation);
  if (result.success) return result.data;
  throw new StoreError(
    `can't change the tags and the note of ${name}: ${result.error.issues[0]?.message ?? ''}`,
  );
}

function sorted(tags: readonly string[]): string[] {
  return [...new Set(tags)].sort();
}
