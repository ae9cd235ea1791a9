import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedTensorFlow } from './cache.mjs';
import { isClone, packageFolder, tensorflowFolder } from './layout.mjs';
import { say, SetupError, timed } from './report.mjs';
import { findTool, outputOf, runNpm } from './tools.mjs';
import { hasLibraries, WHEEL } from './wheel.mjs';

const WHEEL_SOURCE = `tensorflow-cpu wheel ${WHEEL.version}`;
const OWN_SOURCE = "tfjs-node's own download";
const INSTALL_COMPILER = '`sudo apt-get install g++`, then `npm run setup`';

/** The names under which the binding and tfjs-node look for the wheel's two libraries. */
const LIBRARY_LINKS = {
  'libtensorflow_cc.so.2': ['libtensorflow.so', 'libtensorflow.so.2', 'libtensorflow_cc.so.2'],
  'libtensorflow_framework.so.2': ['libtensorflow_framework.so', 'libtensorflow_framework.so.2'],
};

/** Installs the pinned TensorFlow for tfjs-node, or falls back to tfjs-node's own install step if the wheel can't be used. */
export function tensorflowStep(root) {
  return {
    isDone: () => isInstalled(locate(root)),
    perform: async () => {
      const tfjsNode = locate(root);
      const obstacle = obstacleToWheel();
      rmSync(tfjsNode.lib, { recursive: true, force: true });
      rmSync(tfjsNode.deps, { recursive: true, force: true });
      if (obstacle) installOwn(root, tfjsNode, obstacle);
      else await installWheel(tfjsNode);
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
  const { version, source } = parseRecord(readFileSync(record, 'utf8'));
  if (source === OWN_SOURCE) return obstacleToWheel() !== undefined;
  const linked = Object.values(LIBRARY_LINKS).flat();
  return (
    version === WHEEL.version &&
    linked.every((name) => existsSync(join(deps, 'lib', name))) &&
    hasLibraries(join(deps, 'lib'))
  );
}

/** Returns why the wheel can't be used on this machine, with a remedy; undefined if it can. */
function obstacleToWheel() {
  const { platform, arch } = process;
  const { glibcVersionRuntime } = process.report.getReport().header;
  if (platform !== 'linux' || arch !== 'x64' || !glibcVersionRuntime) {
    const system =
      platform === 'linux' && !glibcVersionRuntime
        ? `${platform} ${arch} without glibc`
        : `${platform} ${arch}`;
    return {
      reason: `no tensorflow-cpu wheel exists for ${system}`,
      remedy: 'use Linux x64 with glibc 2.27 or later',
    };
  }
  if (!findTool([['g++']])) return { reason: 'no C++ compiler (g++) was found', remedy: INSTALL_COMPILER };
  return undefined;
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
    `install a g++ that supports C++17, with its C++ library: ${INSTALL_COMPILER}`,
    outputOf(result),
  );
}

function installOwn(root, tfjsNode, { reason, remedy }) {
  say(
    `TensorFlow: ${reason}. Falling back to tfjs-node's own install step, which downloads another version.\n` +
      `  This configuration is not tested, and its results differ from those of TensorFlow ${WHEEL.version}. Recommended: ${remedy}`,
  );
  const owner = isClone(root) ? root : tensorflowFolder(root);
  const result = runNpm(owner, ['rebuild', '@tensorflow/tfjs-node', '--ignore-scripts=false']);
  if (result.status !== 0 || !existsSync(tfjsNode.binding)) {
    throw new SetupError(
      `${reason}, and tfjs-node's own install step failed too (see its output above)`,
      remedy,
      outputOf(result),
    );
  }
  writeRecord(tfjsNode, { version: loadedVersion(tfjsNode), source: OWN_SOURCE });
}

/** Returns the version that the TensorFlow library reports. Loads it in a separate process, because a bad library may crash. */
function loadedVersion({ binding }) {
  const result = spawnSync(process.execPath, ['-p', `require(${JSON.stringify(binding)}).TF_Version`], {
    encoding: 'utf8',
  });
  if (result.status === 0) return result.stdout.trim();
  throw new SetupError(
    `TensorFlow can't be loaded: ${result.signal ? `it crashed with ${result.signal}` : 'see its output above'}`,
    'glibc 2.27 or later and a processor with AVX are required; if the machine has both, delete node_modules and run `npm run setup`',
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
