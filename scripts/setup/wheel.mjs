import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SetupError } from './report.mjs';

/** The pinned TensorFlow. Other versions give other results. */
const VERSION = '2.21.0';

/** Its wheels by architecture. The project tensorflow-cpu has none for arm64, where the wheel of the project tensorflow has no code for GPUs. */
export const WHEELS = {
  x64: {
    project: 'tensorflow-cpu',
    version: VERSION,
    file: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    bytes: 273_829_956,
    libraryBytes: { 'libtensorflow_cc.so.2': 788_086_608, 'libtensorflow_framework.so.2': 65_222_328 },
    cacheFolder: `tensorflow-${VERSION}`,
  },
  arm64: {
    project: 'tensorflow',
    version: VERSION,
    file: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    bytes: 281_828_020,
    libraryBytes: { 'libtensorflow_cc.so.2': 814_885_544, 'libtensorflow_framework.so.2': 68_176_664 },
    // Machines of both architectures may share a home folder.
    cacheFolder: `tensorflow-${VERSION}-arm64`,
  },
};

/** The wheel for this machine. `platform.mjs` refuses machines without one. */
export const WHEEL = WHEELS[process.arch] ?? WHEELS.x64;

/** The unpacked libraries. libtensorflow_cc also contains the C API. */
const LIBRARIES = Object.keys(WHEEL.libraryBytes);

/** Returns the arguments with which pip downloads the wheel regardless of its own Python and platform. */
export function pipArguments({ project, version, file }) {
  const platform = /manylinux_\w+(?=[.]whl$)/.exec(file)[0];
  return ['--python-version', '311', '--platform', platform, `${project}==${version}`];
}

/** The headers that tfjs-node's binding includes, according to `g++ -M`, out of the wheel's 15,632 files. */
const HEADERS = [
  'include/tensorflow/c/c_api.h',
  'include/tensorflow/c/c_api_macros.h',
  'include/tensorflow/c/eager/c_api.h',
  'include/tensorflow/c/tf_attrtype.h',
  'include/tensorflow/c/tf_buffer.h',
  'include/tensorflow/c/tf_datatype.h',
  'include/tensorflow/c/tf_status.h',
  'include/tensorflow/c/tf_tensor.h',
  'include/tensorflow/c/tf_tstring.h',
  'include/tensorflow/core/platform/ctstring.h',
  'include/tensorflow/core/platform/ctstring_internal.h',
  'include/tsl/platform/ctstring.h',
  'include/tsl/platform/ctstring_internal.h',
  'include/xla/tsl/c/tsl_status.h',
];

/** Files to keep from the wheel, relative to its tensorflow/ folder. */
export const KEPT_FILES = [...LIBRARIES, ...HEADERS];

/** Returns whether `folder` contains both libraries with their full sizes. Follows links. */
export function hasLibraries(folder) {
  return Object.entries(WHEEL.libraryBytes).every(
    ([file, bytes]) => sizeIfReadable(join(folder, file)) === bytes,
  );
}

/** Returns a file's size, or undefined if it can't be read: filling the cache then reports the cause. */
function sizeIfReadable(file) {
  try {
    return statSync(file).size;
  } catch {
    return undefined;
  }
}

export function isComplete(folder) {
  return hasLibraries(folder) && KEPT_FILES.every((file) => existsSync(join(folder, file)));
}

/** Throws if a file is not the pinned wheel, whose libraries influence all results. */
export async function verifyWheel(path) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  const sha256 = hash.digest('hex');
  if (sha256 === WHEEL.sha256) return;
  throw new SetupError(
    `${basename(path)} has SHA-256 ${sha256}, expected ${WHEEL.sha256}: it is truncated or not the released file`,
    'run `npm run setup` again; if it fails again, check the index in `pip config list`',
  );
}
