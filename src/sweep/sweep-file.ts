import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { InputError } from '../errors.js';
import type { Grid, ListFile } from './file-schema.js';
import {
  allowedKeys,
  experimentFileSchema,
  listFileSchema,
  NAME_EXPECTED,
  nameSchema,
} from './file-schema.js';
import type { Space } from '../search/space.js';
import type { Halving } from '../search/stages.js';
import type { Sample } from './search-schema.js';
import type { Experiment } from '../task/experiment.js';
import type { SettingValues } from '../task/setting-values.js';
import { experimentNamed, experimentNames } from '../task/registry.js';
import { listedSettings } from './listed-settings.js';
import type { Problem } from '../input/problems.js';
import { problemsOf, throwProblems } from '../input/problems.js';
import { objectSource } from '../input/object-source.js';
import type { Source } from '../input/source.js';
import { readYaml } from '../input/yaml-source.js';

const MAX_LIST_DEPTH = 8;

/** The validated content of a file that sweeps one experiment. */
export interface SweepDefinition {
  readonly source: Source;
  readonly name: string;
  readonly title: string | null;
  readonly experiment: Experiment;
  readonly table: string | null;
  readonly grid: Grid;
  readonly settings: SettingValues;
  readonly include: readonly SettingValues[];
  readonly exclude: readonly SettingValues[];
  /** Settings whose values are drawn. */
  readonly space: Space;
  /** How the points of the space are drawn; null if there is no space. */
  readonly sample: Sample | null;
  /** How successive halving compares the cells; null if all cells are tasks. */
  readonly halving: Halving | null;
  /** Whether the file has neither `grid` nor `space`, so that `include` lists all cells. */
  readonly includedOnly: boolean;
  /** Settings from lists of sweeps; they replace all values that the file has for them. */
  readonly set: SettingValues;
  /** Names of the settings whose values do not come from the file. */
  readonly overridden: ReadonlySet<string>;
}

/** The definitions in a sweep file, or in the files that it lists. */
export interface SweepFile {
  readonly name: string;
  readonly title: string | null;
  readonly definitions: readonly SweepDefinition[];
}

/** A sweep as an object with the keys and values of a sweep file of one experiment. It can't list other sweeps. */
export interface SweepObject {
  /** Name of the sweep and of its folder in the store. */
  readonly name: string;
  /** Name of an experiment, for example `linear`. */
  readonly experiment: string;
}

export function readSweepFile(file: string): SweepFile {
  const sweep = readNested(file, [], new Set());
  assertUniqueNames(sweep.definitions);
  return sweep;
}

/** Reads a sweep from an object. It is validated like a file, because a program may get it from anywhere. */
export function readSweepObject(sweep: SweepObject): SweepFile {
  const source = objectSource(sweep, 'sweep');
  if (typeof sweep.name !== 'string')
    throwProblems(source, [{ path: ['name'], message: `missing: ${NAME_EXPECTED}` }]);
  return readExperiment(source);
}

function readNested(file: string, lists: readonly string[], seen: Set<string>): SweepFile {
  const source = readYaml(file);
  seen.add(realpathSync(file));
  return isListFile(source.value) ? readList(source, lists, seen) : readExperiment(source);
}

function isListFile(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'sweeps');
}

function readExperiment(source: Source): SweepFile {
  const named = namedExperiment(source.value);
  const parsed = parse(source, experimentFileSchema(named), named);
  const experiment = experimentNamed(parsed.experiment);
  const { table = null } = parsed;
  if (table !== null && !experiment.tables.includes(table))
    throwProblems(source, [
      { path: ['table'], message: `there is no published ${table} for ${experiment.name}: remove \`table\`` },
    ]);
  const name = parsed.name ?? nameFromFile(source);
  const title = parsed.title ?? null;
  const definition: SweepDefinition = {
    source,
    name,
    title,
    experiment,
    table,
    grid: inFileOrder(parsed.grid ?? {}, source.value, 'grid'),
    settings: parsed.settings ?? {},
    include: parsed.include ?? [],
    exclude: parsed.exclude ?? [],
    space: Object.entries(inFileOrder(parsed.space ?? {}, source.value, 'space')).map(([name, entry]) => ({
      name,
      ...entry,
    })),
    sample: parsed.sample ?? null,
    halving: parsed.halving ?? null,
    includedOnly: parsed.grid === undefined && parsed.space === undefined && parsed.include !== undefined,
    set: {},
    overridden: new Set(),
  };
  return { name, title, definitions: [definition] };
}

/** Returns the experiment that the file names, or null if it does not exist. */
function namedExperiment(file: unknown): Experiment | null {
  if (typeof file !== 'object' || file === null || !('experiment' in file)) return null;
  const name = experimentNames().find((known) => known === file.experiment);
  return name === undefined ? null : experimentNamed(name);
}

/** Restores the file's order of keys, which decides which setting varies slowest. zod returns keys in the schema's order. */
function inFileOrder<Value>(
  values: Readonly<Record<string, Value>>,
  file: unknown,
  key: 'grid' | 'space',
): Readonly<Record<string, Value>> {
  const order = Object.keys((file as Readonly<Record<string, object | undefined>>)[key] ?? {});
  return Object.fromEntries(
    order.flatMap((name) => (Object.hasOwn(values, name) ? [[name, values[name] as Value]] : [])),
  );
}

function readList(source: Source, lists: readonly string[], seen: Set<string>): SweepFile {
  const parsed = parse(source, listFileSchema, 'list');
  const name = parsed.name ?? nameFromFile(source);
  const here = realpathSync(source.file);
  if (lists.length >= MAX_LIST_DEPTH)
    throw new InputError(
      `${source.file}: lists of sweep files are nested more than ${MAX_LIST_DEPTH} levels deep`,
    );
  const files = listedFiles(source, parsed, [...lists, here], seen);
  const listed = files.map((file) => readNested(file, [...lists, here], seen).definitions);
  const settings = listedSettings(
    source,
    parsed.sweeps.map(({ set }) => set ?? {}),
    listed.map((definitions) => definitions.map(({ experiment }) => experiment)),
  );
  const definitions = listed.flatMap((part, i) =>
    part.map((definition) => ({
      ...definition,
      set: { ...definition.set, ...settings[i]?.get(definition.experiment) },
    })),
  );
  return { name, title: parsed.title ?? null, definitions };
}

/** Returns the paths of the listed files. They are relative if the list's path is. */
function listedFiles(
  source: Source,
  { sweeps }: ListFile,
  lists: readonly string[],
  seen: Set<string>,
): string[] {
  const problems: Problem[] = [];
  const files = sweeps.map((entry, i) => {
    const file = path.isAbsolute(entry.file) ? entry.file : path.join(path.dirname(source.file), entry.file);
    const problem = existsSync(file) ? listingProblem(file, lists, seen) : `file not found: ${file}`;
    if (problem !== null) problems.push({ path: ['sweeps', i], message: problem });
    return file;
  });
  throwProblems(source, problems);
  return files;
}

function listingProblem(file: string, lists: readonly string[], seen: Set<string>): string | null {
  const real = realpathSync(file);
  if (lists.includes(real)) return `circular list: ${file} is this file, or it lists this file`;
  if (seen.has(real)) return `${file} is listed twice`;
  seen.add(real);
  return null;
}

function parse<Schema extends z.ZodType>(
  source: Source,
  schema: Schema,
  file: 'list' | Experiment | null,
): z.output<Schema> {
  const { value } = source;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throwProblems(
    source,
    problemsOf(result.error, value, (at) => allowedKeys(at, file)),
  );
  throw result.error;
}

function nameFromFile(source: Source): string {
  const name = path.basename(source.file).replace(/\.ya?ml$/, '');
  const result = nameSchema.safeParse(name);
  if (!result.success)
    throw new InputError(
      `${source.file}: name: ${result.error.issues[0]?.message ?? ''}, got "${name}" from the file's name: ` +
        'set `name`',
    );
  return name;
}

function assertUniqueNames(definitions: readonly SweepDefinition[]): void {
  const files = new Map<string, string>();
  for (const { name, source } of definitions) {
    const other = files.get(name);
    if (other !== undefined)
      throw new InputError(
        `${other} and ${source.file} have the same name "${name}": set a different \`name\` in one of them`,
      );
    files.set(name, source.file);
  }
}
