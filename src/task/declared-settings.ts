import { z } from 'zod';
import type { FieldColumn } from './column.js';
import type { SettingDisplay } from './setting-display.js';
import type { SettingValue, SettingValues } from './setting-values.js';

/**
 * The single declaration of a setting: its values in sweep files, the fields that tasks store, and the columns of exports. Validation,
 * JSON schema, documentation, task identity, stored records, export columns and the key of compiled programs are derived from it.
 */
export interface DeclaredSetting<
  Value extends SettingValue,
  Stored extends z.ZodRawShape,
  Defaults,
  Input = Value,
> {
  /** Validates a value from a sweep file and converts it to canonical form. */
  readonly schema: z.ZodType<Value, Input>;
  /** Returns the default value; null if sweep files must set one. */
  readonly defaultOf: ((defaults: Defaults) => Value) | null;
  /** Schemas of the fields in `task.json`. */
  readonly stored: Stored;
  readonly columns: { readonly [Field in keyof Stored]: FieldColumn };
  readonly store: (value: Value) => z.output<z.ZodObject<Stored>>;
  readonly read: (fields: z.output<z.ZodObject<Stored>>) => Value;
  /** Whether compiled programs depend on it. If not, it is an input of the program. */
  readonly isCompiled: boolean;
  readonly display?: SettingDisplay;
}

/** Declares a setting that tasks store under its own name, in the canonical form of sweep files. */
export function plainSetting<Name extends string, Value extends SettingValue, Defaults, Input>(
  name: Name,
  {
    schema,
    stored,
    column,
    defaultOf,
    isCompiled,
    display = {},
  }: {
    readonly schema: z.ZodType<Value, Input>;
    readonly stored: z.ZodType<Value>;
    readonly column: FieldColumn;
    readonly defaultOf: ((defaults: Defaults) => Value) | null;
    readonly isCompiled: boolean;
    readonly display?: SettingDisplay;
  },
): DeclaredSetting<Value, Readonly<Record<Name, z.ZodType<Value>>>, Defaults, Input> {
  type Shape = Readonly<Record<Name, z.ZodType<Value>>>;
  return {
    schema,
    defaultOf,
    isCompiled,
    display,
    stored: { [name]: stored } as Shape,
    columns: { [name]: column } as { readonly [Field in keyof Shape]: FieldColumn },
    store: (value) => ({ [name]: value }) as z.output<z.ZodObject<Shape>>,
    read: (fields) => (fields as Readonly<Record<Name, Value>>)[name],
  };
}

/** A declared setting with its value type erased. */
interface AnySetting<Defaults> {
  readonly schema: z.ZodType<SettingValue>;
  readonly defaultOf: ((defaults: Defaults) => SettingValue) | null;
  readonly stored: z.ZodRawShape;
  readonly columns: Readonly<Record<string, FieldColumn>>;
  readonly store: (value: never) => object;
  readonly read: (fields: never) => SettingValue;
  readonly isCompiled: boolean;
  readonly display?: SettingDisplay;
}

export type DeclaredSettings<Defaults> = Readonly<Record<string, AnySetting<Defaults>>>;

/** The stored fields of declared settings. */
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

/** Derives schemas, defaults, fields and columns from declared settings. Fields keep the order of the settings, which is the order in a task's JSON. */
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
    /** Schemas of the stored fields. */
    storedShape: mergeAll(all.map(([, { stored }]) => stored)) as Intersection<
      Settings[keyof Settings]['stored']
    >,
    columns: mergeAll(all.map(([, { columns }]) => columns)),
    display: Object.fromEntries(all.map(([name, { display = {} }]) => [name, display])),
    /** Returns the stored fields for these values, with defaults filled in. */
    resolve: (values: SettingValues, defaults: Defaults): StoredFields<Settings> =>
      mergeAll(
        all.map(([name, { defaultOf, store }]) => {
          const value = values[name] ?? defaultOf?.(defaults);
          if (value === undefined) throw new Error(`The setting ${name} has no value.`);
          return store(value as never);
        }),
      ) as StoredFields<Settings>,
    settingOf: (fields: object, name: string): SettingValue => settingNamed(name).read(fields as never),
    /** Returns a key of all settings that compiled programs depend on. */
    programKey: (fields: object): string =>
      JSON.stringify(all.flatMap(([, { isCompiled, read }]) => (isCompiled ? [read(fields as never)] : []))),
  };
}

function mergeAll<Part extends object>(parts: readonly Part[]): Part {
  return Object.assign({}, ...parts) as Part;
}
