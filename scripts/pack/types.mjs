import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { packageFolder } from '../setup/layout.mjs';
import { SetupError } from '../setup/report.mjs';

/** Types of browsers, and of packages that a user may not have, in tfjs-core's declarations. No function of a loop takes them. */
const FOREIGN = [
  'GPUBuffer',
  'GPUBufferUsageFlags',
  'GPUDevice',
  'HTMLCanvasElement',
  'HTMLImageElement',
  'HTMLSourceElement',
  'HTMLVideoElement',
  'IDBFactory',
  'ImageBitmap',
  'ImageData',
  'Long',
  'Navigator',
  'OffscreenCanvas',
  'Storage',
  'WebGLContextAttributes',
  'WebGLTexture',
];

/** `tf` with the methods of tensors, as tfjs-node has them, without its layers, data and converter. */
const ENTRY = `/**
 * The declarations in this folder are those of @tensorflow/tfjs-core, Copyright Google LLC, under the Apache License 2.0 (see LICENSE).
 * vae-sweep changed them: their licence headers are here, and types of browsers are unknown.
 */
import './public/chained_ops/register_all_chained_ops';
export * from './base';
`;

/**
 * Makes the declarations in dist/ independent of tfjs-node, and removes those that no export needs. tfjs-node is not a dependency,
 * because `vae-sweep setup` installs it, and its own declarations compile only with `skipLibCheck`. So the package has a copy of those
 * of tfjs-core, in which the foreign types are unknown.
 */
export async function bundleTypes(root, folder) {
  const dist = join(folder, 'dist');
  const copied = join(dist, 'tfjs');
  copyDeclarations(root, copied);
  for (const file of declarations(dist)) {
    const from = join(dist, file);
    const text = readFileSync(from, 'utf8');
    const own = text
      .replaceAll(/(['"])@tensorflow\/tfjs-node\1/g, `$1${pathTo(join(copied, 'tf.js'), from)}$1`)
      .replaceAll(/(['"])@tensorflow\/tfjs-core\/dist\/(\w+)\1/g, `$1${pathTo(copied, from)}/$2$1`);
    if (own !== text) writeFileSync(from, own);
  }
  const used = new Set(await compiledDeclarations(root, folder));
  for (const file of declarations(dist)) {
    if (!used.has(join(dist, file))) rmSync(join(dist, file));
  }
}

function copyDeclarations(root, folder) {
  const core = packageFolder(root, '@tensorflow/tfjs-core');
  for (const file of declarations(join(core, 'dist'))) {
    const text = readFileSync(join(core, 'dist', file), 'utf8')
      .replace(/^\/\*\*\n \* @license[^]*?\*\/\n/, '')
      .replaceAll(/^\/\/\/ .*\n/gm, '');
    const foreign = FOREIGN.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), foreign.map((name) => `type ${name} = unknown;\n`).join('') + text);
  }
  writeFileSync(join(folder, 'tf.d.ts'), ENTRY);
  // Its imports have no extensions.
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  // tfjs-core has the licence's name only, and TypeScript has the same licence.
  copyFileSync(join(root, 'node_modules', 'typescript', 'LICENSE.txt'), join(folder, 'LICENSE'));
}

/** Compiles the exports as a strict user without a browser's types does. @returns the declaration files that they consist of */
async function compiledDeclarations(root, folder) {
  const { default: ts } = await import('typescript');
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const entries = Object.values(exports).flatMap(({ types }) => (types ? [join(folder, types)] : []));
  const packages = join(folder, 'node_modules');
  symlinkSync(join(root, 'node_modules'), packages);
  try {
    const program = ts.createProgram(entries, {
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      target: ts.ScriptTarget.ES2023,
      lib: ['lib.es2023.d.ts'],
      module: ts.ModuleKind.NodeNext,
      types: ['node'],
      typeRoots: [join(packages, '@types')],
    });
    const problems = ts.getPreEmitDiagnostics(program);
    if (problems.length === 0) return program.getSourceFiles().map(({ fileName }) => fileName);
    throw new SetupError(
      'the declarations of the exports do not compile (see above)',
      'correct the declarations, or add a foreign type to scripts/pack/types.mjs',
      ts.formatDiagnostics(problems, {
        getCurrentDirectory: () => folder,
        getCanonicalFileName: (name) => name,
        getNewLine: () => '\n',
      }),
    );
  } finally {
    rmSync(packages);
  }
}

function pathTo(file, from) {
  const path = relative(dirname(from), file);
  return path.startsWith('.') ? path : `./${path}`;
}

function declarations(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.ts'));
}
