import { markdownTable } from 'markdown-table';
import { experimentJsonSchema, listJsonSchema, type JsonSchema } from './json-schema.js';
import { experimentFamilies, experimentNames } from '../task/registry.js';

const HEAD = `# Sweep files

\`vae-sweep schema --format markdown\` generates this page from the schemas that validate sweep files. \`vae-sweep schema\` prints the same as a JSON schema for editors, [sweep.schema.json](sweep.schema.json). In VS Code with the YAML extension, or in any editor with the YAML language server, start a sweep file with this line. If you installed the package, use the path \`./node_modules/vae-sweep/docs/sweep.schema.json\`:

\`\`\`yaml
# yaml-language-server: $schema=../docs/sweep.schema.json
\`\`\`
`;

const SEARCH = `
## Sampled points

A grid needs many tasks for more than a few settings. \`sample\` draws points from \`space\` instead, and each point is combined with each combination of \`grid\`, for example with each seed:

\`\`\`yaml
experiment: sphere
grid:
  dimensions: [[2, 6, 6]]
  seed: [1, 2, 3]
sample: { count: 64, method: sobol, seed: 1 }
space:
  learningRate: { logUniform: [1.0e-5, 1.0e-2] }
  batchSize: { intUniform: [32, 512] }
  hiddenWidths: { choice: [[50, 50], [200, 200, 200]] }
  initialDecoderLogVariance: { normal: [-3, 1], when: { hiddenWidths: [50, 50] } }
\`\`\`

The points depend on the file alone, on every machine, except those of the method \`tpe\`, which also depend on results. A larger \`count\` keeps the earlier points. A setting that is appended to \`space\`, or replaced by \`--set\` or a list of sweeps, does not change the values of the other settings. [search.md](search.md) describes the methods.

Combinations that the experiment does not allow, and points that repeat an earlier one, are skipped. \`vae-sweep plan\` shows how many.

### Keys of \`sample\`
`;

const HALVING = `
## Successive halving

\`halving\` trains all cells for a few steps, and only the best of them for more. Each cell without its seeds is a candidate:

\`\`\`yaml
experiment: sphere
grid:
  dimensions: [[2, 6, 6]]
  seed: [1, 2, 3]
sample: { count: 27 }
space:
  learningRate: { logUniform: [1.0e-5, 1.0e-2] }
halving: { metric: loss, goal: min, unit: steps, min: 2000, max: 54000, factor: 3 }
\`\`\`

A rung waits for all of its tasks, ranks the candidates by the mean of the metric over their tasks, and promotes the best third to the next rung, which has three times as many steps. [search.md](search.md#successive-halving) describes ties, failures and where the decisions are recorded.

### Keys of \`halving\`
`;

const SPACE = `
### Keys of a setting in \`space\`

Each setting has one distribution, and may have a condition. Numbers are rounded to six significant digits, or to more if the range is narrow compared with its values.
`;

/** Returns the reference of sweep files in Markdown. */
export function sweepFileReference(): string {
  const groups = experimentFamilies().flatMap((family) => family.reference());
  const file = withExperiments(experimentJsonSchema(groups[0]?.widest ?? ''));
  return [
    HEAD,
    '## Sweep of one experiment\n',
    propertiesTable(file, ['settings', 'grid', 'sample', 'space', 'halving', 'include', 'exclude']),
    SEARCH,
    propertiesTable(propertyOf(file, 'sample')),
    SPACE,
    propertiesTable(anyPropertyOf(propertyOf(file, 'space')), [
      'uniform',
      'logUniform',
      'intUniform',
      'normal',
      'choice',
      'when',
    ]),
    HALVING,
    propertiesTable(propertyOf(file, 'halving')),
    ...groups.flatMap(({ names, widest }) => [
      `\n## Settings of ${names.join(', ')}\n`,
      propertiesTable(propertyOf(experimentJsonSchema(widest), 'settings')),
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

function propertyOf({ properties = {} }: JsonSchema, name: string): JsonSchema {
  return properties[name] ?? {};
}

function anyPropertyOf({ properties = {} }: JsonSchema): JsonSchema {
  return Object.values(properties)[0] ?? {};
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
