import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedTensorFlow } from './cache.mjs';
import { packageFolder, tensorflowFolder } from './layout.mjs';
import { SetupError, timed } from './report.mjs';
import { outputOf, requireTool } from './tools.mjs';
import { hasLibraries, WHEEL } from './wheel.mjs';

const WHEEL_SOURCE = `${WHEEL.project} wheel ${WHEEL.version}`;
const INSTALL_COMPILER = 'sudo apt-get install g++';

/** The names under which the binding and tfjs-node look for the wheel's two libraries. */
const LIBRARY_LINKS = {
  'libtensorflow_cc.so.2': ['libtensorflow.so', 'libtensorflow.so.2', 'libtensorflow_cc.so.2'],
  'libtensorflow_framework.so.2': ['libtensorflow_framework.so', 'libtensorflow_framework.so.2'],
};

/** Installs the pinned TensorFlow for tfjs-node. */
export function tensorflowStep(root) {
  return {
    isDone: () => isInstalled(locate(root)),
    perform: async () => {
      requireTool([['g++']], 'A C++ compiler (g++)', INSTALL_COMPILER);
      const tfjsNode = locate(root);
      rmSync(tfjsNode.lib, { recursive: true, force: true });
      rmSync(tfjsNode.deps, { recursive: true, force: true });
      await installWheel(tfjsNode);
    },
  };
}

function locate(root) {
  const folder = packageFolder(tensorflowFolder(root), '@tensorflow/tfjs-node');
  return {
    folder,
    lib: join(folder, 'lib'),
    deps: join(folder, 'deps'),
    record: join(folder, 'deps', 'vae-sweep.json'),
    binding: join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'),
    nodeHeaders: join(packageFolder(root, 'node-api-headers'), 'include'),
  };
}

function isInstalled({ record, binding, deps }) {
  if (!existsSync(record) || !existsSync(binding)) return false;
  const { source } = parseRecord(readFileSync(record, 'utf8'));
  const linked = Object.values(LIBRARY_LINKS).flat();
  return (
    source === WHEEL_SOURCE &&
    linked.every((name) => existsSync(join(deps, 'lib', name))) &&
    hasLibraries(join(deps, 'lib'))
  );
}

async function installWheel(tfjsNode) {
  const tensorflow = await cachedTensorFlow();
  await timed(`TensorFlow ${WHEEL.version}: compiling the binding`, () => {
    linkLibraries(tfjsNode, tensorflow);
    compileBinding(tfjsNode, join(tensorflow, 'include'));
    const version = loadedVersion(tfjsNode);
    if (version !== WHEEL.version) {
      throw new SetupError(
        `the binding loaded TensorFlow ${version} instead of ${WHEEL.version}`,
        'unset LD_LIBRARY_PATH and LD_PRELOAD, then run `npm run setup`',
      );
    }
    writeRecord(tfjsNode, { version, source: WHEEL_SOURCE });
  });
}

function linkLibraries({ deps }, tensorflow) {
  mkdirSync(join(deps, 'lib'), { recursive: true });
  for (const [library, names] of Object.entries(LIBRARY_LINKS)) {
    for (const name of names) symlinkSync(join(tensorflow, library), join(deps, 'lib', name));
  }
}

/** Compiles the binding with one call instead of node-gyp: it uses only Node-API, Node's stable C interface. */
function compileBinding({ folder, lib, deps, binding, nodeHeaders }, tensorflowHeaders) {
  mkdirSync(join(lib, 'napi-v8'), { recursive: true });
  const includes = [nodeHeaders, join(folder, '..'), tensorflowHeaders, join(folder, 'binding')];
  const result = spawnSync(
    'g++',
    [
      ...['-O2', '-std=c++17', '-shared', '-fPIC', '-DNAPI_VERSION=8'],
      ...includes.map((include) => `-I${include}`),
      ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((source) => join(folder, 'binding', source)),
      ...[`-L${join(deps, 'lib')}`, '-ltensorflow', '-ltensorflow_framework'],
      ...['-Wl,-rpath,$ORIGIN/../../deps/lib', '-o', binding],
    ],
    { encoding: 'utf8' },
  );
  if (result.status === 0) return;
  throw new SetupError(
    "g++ could not compile tfjs-node's binding (see its output above)",
    `install a g++ that supports C++17, with its C++ library: \`${INSTALL_COMPILER}\`, then \`npm run setup\``,
    outputOf(result),
  );
}

/** Returns the version that the TensorFlow library reports. Loads it in a separate process, because a bad library may crash. */
function loadedVersion({ binding }) {
  const result = spawnSync(process.execPath, ['-p', `require(${JSON.stringify(binding)}).TF_Version`], {
    encoding: 'utf8',
  });
  if (result.status === 0) return result.stdout.trim();
  throw new SetupError(
    `TensorFlow can't be loaded: ${result.signal ? `it crashed with ${result.signal}` : 'see its output above'}`,
    'glibc 2.27 or later is required and, on x64, a processor with AVX; if the machine has both, delete node_modules and run `npm run setup`',
    outputOf(result),
  );
}

function parseRecord(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** Writes the record atomically and last: its presence says that all earlier steps succeeded. */
function writeRecord({ deps, record }, contents) {
  mkdirSync(deps, { recursive: true });
  writeFileSync(`${record}.new`, `${JSON.stringify(contents)}\n`);
  renameSync(`${record}.new`, record);
}
