import type { CommandModule } from 'yargs';
import { sweepFileJsonSchema } from '../sweep/json-schema.js';
import { sweepFileReference } from '../sweep/reference.js';
import { withPlugins } from './plugins.js';

/** Descriptions of sweep files, by format. */
const FORMATS = {
  json: () => `${JSON.stringify(sweepFileJsonSchema(), null, 2)}\n`,
  markdown: sweepFileReference,
} as const;

interface SchemaArguments {
  readonly format: keyof typeof FORMATS;
}

export const schemaCommand: CommandModule<object, SchemaArguments> = {
  command: 'schema',
  describe: 'Print the reference of sweep files as a JSON schema or text',
  builder: (yargs) =>
    withPlugins(yargs)
      .option('format', {
        choices: Object.keys(FORMATS) as (keyof typeof FORMATS)[],
        default: 'json' as const,
        describe: 'Format: a schema for editors, or a text for people',
      })
      .example('$0 schema > sweep.schema.json', 'for an editor that completes YAML'),
  handler: ({ format }) => {
    process.stdout.write(FORMATS[format]());
  },
};
