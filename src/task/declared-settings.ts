import { z } from 'zod';
import type { FieldColumn } from './column.js';
import type { SettingWords } from './setting-words.js';
import type { SettingValue, SettingValues } from './setting-values.js';

/**
 * All that is said of a setting, once: how a sweep file gives it, what a task keeps of it, how exports show it. Validation, JSON schema,
 * documents, identity, stored records, columns of exports and the key of compiled programs are derived from it.
 */
export interface DeclaredSetting<Value extends SettingValue, Stored extends z.ZodRawShape, Defaults> {
  /** Checks a value of a sweep file and makes it canonical. */
  readonly schema: z.ZodType<Value>;
  /** The value where a sweep file gives none; null if it must give one. */
  readonly defaultOf: ((defaults: Defaults) => Value) | null;
  /** Fields that a task keeps, as `task.json` has them. */
  readonly stored: Stored;
  readonly columns: { readonly [Field in keyof Stored]: FieldColumn };
  readonly store: (value: Value) => z.output<z.ZodObject<Stored>>;
  readonly read: (fields: z.output<z.ZodObject<Stored>>) => Value;
  /** Whether a compiled program depends on it. Else it is one of the program's inputs. */
  readonly isCompiled: boolean;
  readonly words?: SettingWords;
}

/** A setting that a task keeps as a sweep file's canonical value, under the same name. */
export function plainSetting<Name extends string, Value extends SettingValue, Defaults>(
  name: Name,
  {
    schema,
    stored,
    column,
    defaultOf,
    isCompiled,
    words = {},
  }: {
    readonly schema: z.ZodType<Value>;
    readonly stored: z.ZodType<Value>;
    readonly column: FieldColumn;
    readonly defaultOf: ((defaults: Defaults) => Value) | null;
    readonly isCompiled: boolean;
    readonly words?: SettingWords;
  },
): DeclaredSetting<Value, Readonly<Record<Name, z.ZodType<Value>>>, Defaults> {
  type Shape = Readonly<Record<Name, z.ZodType<Value>>>;
  return {
    schema,
    defaultOf,
    isCompiled,
    words,
    stored: { [name]: stored } as Shape,
    columns: { [name]: column } as { readonly [Field in keyof Shape]: FieldColumn },
    store: (value) => ({ [name]: value }) as z.output<z.ZodObject<Shape>>,
    read: (fields) => (fields as Readonly<Record<Name, Value>>)[name],
  };
}

/** Any setting, as what is derived from all of them sees it. */
interface AnySetting<Defaults> {
  readonly schema: z.ZodType<SettingValue>;
  readonly defaultOf: ((defaults: Defaults) => SettingValue) | null;
  readonly stored: z.ZodRawShape;
  readonly columns: Readonly<Record<string, FieldColumn>>;
  readonly store: (value: never) => object;
  readonly read: (fields: never) => SettingValue;
  readonly isCompiled: boolean;
  readonly words?: SettingWords;
}

export type DeclaredSettings<Defaults> = Readonly<Record<string, AnySetting<Defaults>>>;

/** The fields that tasks keep of declared settings. */
export type StoredFields<Settings> = Simplify<
  Intersection<
    {
      [Name in keyof Settings]: Settings[Name] extends { readonly stored: infer Stored extends z.ZodRawShape }
        ? z.output<z.ZodObject<Stored>>
        : never;
    }[keyof Settings]
  >
>;

type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;
type Simplify<Type> = { readonly [Key in keyof Type]: Type[Key] };

/** What declared settings come to. The order of fields is that of the settings: it is the order of a task's JSON. */
export function deriveSettings<Settings extends DeclaredSettings<Defaults>, Defaults>(settings: Settings) {
  const all = Object.entries(settings);
  const names = Object.keys(settings) as (keyof Settings & string)[];
  const settingNamed = (name: string): AnySetting<Defaults> => {
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
    if (setting === undefined) throw new Error(`There is no setting ${name}.`);
    return setting;
  };
  return {
    names,
    schemas: Object.fromEntries(all.map(([name, { schema }]) => [name, schema])),
    required: all.flatMap(([name, { defaultOf }]) => (defaultOf === null ? [name] : [])),
    /** Of the stored fields. */
    storedShape: mergeAll(all.map(([, { stored }]) => stored)) as Intersection<
      Settings[keyof Settings]['stored']
    >,
    columns: mergeAll(all.map(([, { columns }]) => columns)),
    words: Object.fromEntries(all.map(([name, { words = {} }]) => [name, words])),
    /** The fields of a task with these values, its defaults filled in. */
    resolve: (values: SettingValues, defaults: Defaults): StoredFields<Settings> =>
      mergeAll(
        all.map(([name, { defaultOf, store }]) => {
          const value = values[name] ?? defaultOf?.(defaults);
          if (value === undefined) throw new Error(`The setting ${name} has no value.`);
          return store(value as never);
        }),
      ) as StoredFields<Settings>,
    settingOf: (fields: object, name: string): SettingValue => settingNamed(name).read(fields as never),
    /** What a compiled program depends on. */
    programKey: (fields: object): string =>
      JSON.stringify(all.flatMap(([, { isCompiled, read }]) => (isCompiled ? [read(fields as never)] : []))),
  };
}

function mergeAll<Part extends object>(parts: readonly Part[]): Part {
  return Object.assign({}, ...parts) as Part;
}
