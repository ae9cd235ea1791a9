import { writeFileSync } from 'node:fs';
import { tensorflowFolder } from '../setup/layout.mjs';
import { SetupError } from '../setup/report.mjs';
import { outputOf, runNpm } from '../setup/tools.mjs';
import { WHEELS } from '../setup/wheel.mjs';

const SBOM = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'];

/**
 * Writes the bill of materials (CycloneDX) of what `npm install` and the set-up put on a machine, each with its hash: the locked packages,
 * tfjs-node and its packages, and TensorFlow for each architecture. Times, random numbers and npm's version are left out, so that equal locks give equal bytes.
 */
export function writeSbom(root, { name, version }, file) {
  const [own, tfjsNode] = [root, tensorflowFolder(root)].map(listPackages);
  const self = `${name}@${version}`;
  const wheels = Object.values(WHEELS).map(wheelComponent);
  const components = [...own.components, ...tfjsNode.components, ...wheels];
  const roots = tfjsNode.dependencies.find(({ ref }) => ref === tfjsNode.metadata.component['bom-ref']);
  const dependencies = [...own.dependencies, ...tfjsNode.dependencies.filter((entry) => entry !== roots)].map(
    (entry) =>
      entry.ref === self
        ? {
            ref: self,
            dependsOn: [
              ...entry.dependsOn,
              ...roots.dependsOn,
              ...wheels.map((wheel) => wheel['bom-ref']),
            ].sort(),
          }
        : entry,
  );
  const { component } = own.metadata;
  const bom = {
    $schema: own.$schema,
    bomFormat: own.bomFormat,
    specVersion: own.specVersion,
    version: own.version,
    metadata: { component: { ...component, name } },
    components: uniqueBy(components, (entry) => entry['bom-ref']),
    dependencies: uniqueBy(dependencies, ({ ref }) => ref),
  };
  writeFileSync(file, `${JSON.stringify(bom, null, 2)}\n`);
}

function listPackages(folder) {
  const result = runNpm(folder, SBOM);
  if (result.status === 0) return JSON.parse(result.stdout);
  throw new SetupError(
    '`npm sbom` failed (see its output above)',
    'use npm 10 or later (`npm --version`)',
    outputOf(result),
  );
}

function wheelComponent({ project, version, sha256 }) {
  return {
    'bom-ref': `${project}@${version}`,
    type: 'library',
    name: project,
    version,
    purl: `pkg:pypi/${project}@${version}`,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
  };
}

function uniqueBy(entries, keyOf) {
  const byKey = new Map(entries.map((entry) => [keyOf(entry), entry]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}
