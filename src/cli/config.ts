import { availableParallelism } from 'node:os';
import type { CommandModule } from 'yargs';
import { z } from 'zod';
import { projectSchema, readProjectFile, type Project } from '../input/project.js';
import { columns } from './grid.js';

const FORMATS = { text: valuesText, json: jsonText, schema: schemaText } as const;

interface ConfigArguments {
  readonly format: keyof typeof FORMATS;
}

/** A value of the configuration, and where it comes from. */
interface ConfigValue {
  readonly key: keyof Project;
  readonly value: string | number | readonly string[];
  /** The file and line, or why the value is the default. */
  readonly origin: string;
}

export const configCommand: CommandModule<object, ConfigArguments> = {
  command: 'config',
  describe: "Show the project's configuration and where each value comes from",
  builder: (yargs) =>
    yargs
      .option('format', {
        choices: Object.keys(FORMATS) as (keyof typeof FORMATS)[],
        default: 'text' as const,
        describe: 'Format: the values as text or JSON, or the JSON schema of the file for editors',
      })
      .example('$0 config', 'show the values that apply in this folder'),
  handler: ({ format }) => {
    process.stdout.write(FORMATS[format]());
  },
};

function schemaText(): string {
  const title = 'Configuration of a vae-sweep project';
  const schema = z.toJSONSchema(projectSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ ...schema, title }, null, 2)}\n`;
}

/** Returns the values that apply in the current folder. */
function configValues(): ConfigValue[] {
  const { project, placeOf } = readProjectFile();
  const { experiments = [], out = 'out', workers = availableParallelism(), notify = [] } = project;
  const origin = (key: keyof Project, fallback: string) => placeOf(key) ?? fallback;
  return [
    { key: 'experiments', value: experiments, origin: origin('experiments', 'default') },
    { key: 'out', value: out, origin: origin('out', 'default') },
    { key: 'workers', value: workers, origin: origin('workers', 'default: one per core') },
    { key: 'notify', value: notify.map(withoutPath), origin: origin('notify', 'default') },
  ];
}

/** The path of a webhook's URL is a secret. */
function withoutPath(url: string): string {
  return `${new URL(url).origin}/...`;
}

function jsonText(): string {
  const entries = configValues().map(({ key, ...value }) => [key, value] as const);
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

function valuesText(): string {
  return columns(
    configValues().map(({ key, value, origin }) => {
      const text = typeof value === 'object' ? value.join(', ') : String(value);
      return [key, text === '' ? 'none' : text, origin];
    }),
  );
}
