import type { CommandModule } from 'yargs';
import { sweepFileJsonSchema } from '../sweep/json-schema.js';
import { sweepFileReference } from '../sweep/reference.js';

/** What a sweep file may hold, by the format that it is told in. */
const FORMATS = {
  json: () => `${JSON.stringify(sweepFileJsonSchema(), null, 2)}\n`,
  markdown: sweepFileReference,
} as const;

interface SchemaArguments {
  readonly format: keyof typeof FORMATS;
}

export const schemaCommand: CommandModule<object, SchemaArguments> = {
  command: 'schema',
  describe: 'Print what a sweep file may hold: as JSON schema, for editors, or to read',
  builder: (yargs) =>
    yargs
      .option('format', {
        choices: Object.keys(FORMATS) as (keyof typeof FORMATS)[],
        default: 'json' as const,
        describe: 'For editors, or for people',
      })
      .example('$0 schema > sweep.schema.json', 'for an editor that completes YAML'),
  handler: ({ format }) => {
    process.stdout.write(FORMATS[format]());
  },
};
