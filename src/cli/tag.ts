import path from 'node:path';
import type { CommandModule } from 'yargs';
import { InputError } from '../errors.js';
import { closestName } from '../input/closest-name.js';
import {
  annotate,
  noteSchema,
  readAnnotation,
  readAnnotations,
  type Annotation,
  type AnnotationChange,
  type Subject,
} from '../store/annotations.js';
import { listStore } from '../store/inventory.js';
import { namesIn } from '../store/files.js';
import { sweepFolder } from '../store/sweep-folder.js';
import { nameSchema } from '../sweep/file-schema.js';
import { repeatable } from './options.js';
import { withPlugins } from './plugins.js';
import {
  chooseEntries,
  isFiltered,
  namesOption,
  parseTags,
  storeOptions,
  type StoreArguments,
} from './store-filter.js';

interface TagArguments extends StoreArguments {
  readonly names: readonly string[];
  readonly sweep: string | undefined;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly note: string | undefined;
}

export const tagCommand: CommandModule<object, TagArguments> = {
  command: 'tag [names..]',
  describe: 'Add tags and notes to tasks or a sweep, or print them',
  builder: (yargs) =>
    withPlugins(yargs)
      .positional('names', namesOption)
      .options(storeOptions)
      .option('sweep', {
        type: 'string',
        requiresArg: true,
        describe: 'The name of a sweep, instead of tasks',
      })
      .option('add', {
        ...repeatable,
        coerce: parseTags,
        describe: 'Tags to add, e.g. --add baseline,checked',
      })
      .option('remove', { ...repeatable, coerce: parseTags, describe: 'Tags to remove' })
      .option('note', {
        type: 'string',
        requiresArg: true,
        coerce: parseNote,
        describe: 'The note, which replaces the previous one; --note "" deletes it',
      })
      .example('$0 tag 732aa8800e50deb9 --add baseline', 'tag one task')
      .example('$0 tag --only seed=7 --add odd --note "see the lab book"', 'tag all tasks of a seed')
      .example('$0 tag --sweep paper --note "final numbers"', 'write a note about a sweep')
      .example('$0 tag', 'print all tags and notes')
      .epilogue(
        'Tags and notes do not affect results, and can be changed during a run. The dashboard shows and edits them too.',
      ),
  handler: (argv) => {
    const { out, add, remove, note } = argv;
    const isChange = add.length + remove.length > 0 || note !== undefined;
    const subjects = chooseSubjects(argv, isChange);
    const change: AnnotationChange = { add, remove, ...(note !== undefined && { note }) };
    for (const { label, ...subject } of subjects) {
      const annotation = isChange ? annotate(out, subject, change) : readAnnotation(out, subject);
      process.stdout.write(`${label}: ${annotationText(annotation)}\n`);
    }
    if (subjects.length === 0)
      process.stdout.write(isChange || isFiltered(argv) ? 'No task matches.\n' : 'No tags or notes.\n');
  },
};

/** Returns, for example, `baseline, odd; see the lab book`. */
function annotationText({ tags, note }: Annotation): string {
  const parts = [tags.join(', '), note.replaceAll(/\s+/g, ' ')].filter((part) => part !== '');
  return parts.length === 0 ? 'no tags, no note' : parts.join('; ');
}

type Chosen = Subject & { readonly label: string };

function chooseSubjects({ names, sweep, out, ...filter }: TagArguments, isChange: boolean): Chosen[] {
  const isChosen = names.length > 0 || isFiltered(filter);
  if (sweep !== undefined) {
    if (isChosen) throw new InputError('pass either --sweep or tasks, not both');
    const name = nameSchema.safeParse(sweep);
    if (!name.success)
      throw new InputError(`--sweep: ${name.error.issues[0]?.message ?? ''}, got "${sweep}"`);
    refuseUnknownSweep(out, sweep);
    return [{ kind: 'sweep', name: sweep, label: `sweep ${sweep}` }];
  }
  if (!isChosen && isChange)
    throw new InputError(
      'nothing is selected: pass names or ids of tasks, --sweep NAME, or select tasks with --only seed=7, --state or --tag',
    );
  const entries = listStore(out);
  if (!isChosen)
    return annotated(
      out,
      new Map(entries.flatMap((entry) => (entry.kind === 'task' ? [[entry.task.id, entry.name]] : []))),
    );
  return chooseEntries(entries, names, filter, out).map((entry) => {
    if (entry.kind !== 'task')
      throw new InputError(`${entry.name} is not a task: list the tasks with vae-sweep ls`);
    return { kind: 'task', name: entry.task.id, label: entry.name };
  });
}

/** A misspelled name would get tags that nobody sees. */
function refuseUnknownSweep(out: string, name: string): void {
  const folder = path.dirname(sweepFolder(out, name));
  const known = namesIn(folder);
  if (known.includes(name)) return;
  const guess = closestName(name, known);
  const hint = guess === undefined ? 'Sweeps appear there when they run' : `Did you mean "${guess}"?`;
  throw new InputError(`Sweep not found: ${name} in ${folder}. ${hint}`);
}

/** Returns everything that has tags or a note. A task that has not started has no name in the store. */
function annotated(out: string, names: ReadonlyMap<string, string>): Chosen[] {
  return (['sweep', 'task'] as const).flatMap((kind) => {
    const { byName, problems } = readAnnotations(out, kind);
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    return [...byName.keys()].map((name) => ({
      kind,
      name,
      label: kind === 'sweep' ? `sweep ${name}` : (names.get(name) ?? name),
    }));
  });
}

function parseNote(note: string): string {
  const result = noteSchema.safeParse(note);
  if (result.success) return note;
  throw new InputError(`--note: ${result.error.issues[0]?.message ?? ''}`);
}
