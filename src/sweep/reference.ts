import { markdownTable } from 'markdown-table';
import { experimentJsonSchema, listJsonSchema, type JsonSchema } from './json-schema.js';
import { experimentFamilies, experimentNames } from '../task/registry.js';

const HEAD = `# Sweep files

\`vae-sweep schema --format markdown\` generates this page from the schemas that validate sweep files. \`vae-sweep schema\` prints the same as a JSON schema for editors, [sweep.schema.json](sweep.schema.json). In VS Code with the YAML extension, or in any editor with the YAML language server, start a sweep file with this line. If you installed the package, use the path \`./node_modules/vae-sweep/docs/sweep.schema.json\`:

\`\`\`yaml
# yaml-language-server: $schema=../docs/sweep.schema.json
\`\`\`
`;

/** Returns the reference of sweep files in Markdown. */
export function sweepFileReference(): string {
  const groups = experimentFamilies().flatMap((family) => family.reference());
  const file = withExperiments(experimentJsonSchema(groups[0]?.widest ?? ''));
  return [
    HEAD,
    '## Sweep of one experiment\n',
    propertiesTable(file, ['settings', 'grid', 'include', 'exclude']),
    ...groups.flatMap(({ names, widest }) => [
      `\n## Settings of ${names.join(', ')}\n`,
      propertiesTable(settingsOf(experimentJsonSchema(widest))),
    ]),
    '\n## List of sweep files\n',
    propertiesTable(listJsonSchema()),
    '',
  ].join('\n');
}

function withExperiments({ properties = {}, ...schema }: JsonSchema): JsonSchema {
  return {
    ...schema,
    properties: { ...properties, experiment: { ...properties['experiment'], enum: experimentNames() } },
  };
}

function settingsOf({ properties = {} }: JsonSchema): JsonSchema {
  return properties['settings'] ?? {};
}

/** @param untyped keys without an entry in the column of values, because their description covers it */
function propertiesTable({ properties = {} }: JsonSchema, untyped: readonly string[] = []): string {
  const rows = Object.entries(properties).map(([name, schema]) => [
    `\`${name}\``,
    untyped.includes(name) ? '' : valuesText(schema),
    schema.description ?? '',
  ]);
  return markdownTable([['key', 'values', 'description'], ...rows]);
}

function valuesText(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  const { items, minimum, maximum, type } = schema;
  if (Array.isArray(items)) return `${items.length} values, each a ${valuesText(items[0] as JsonSchema)}`;
  if (type === 'array') return 'a list';
  const kind = Array.isArray(type) ? type.join(' or ') : (KINDS[String(type)] ?? '');
  return minimum === undefined ? kind : `${kind} from ${String(minimum)} to ${String(maximum)}`;
}

const KINDS: Readonly<Record<string, string>> = {
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  string: 'text',
};
