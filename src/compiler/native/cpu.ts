import { readFileSync } from 'node:fs';
import { arch } from 'node:os';

/** Instruction sets that decide which kernels TensorFlow and XLA use, and with them how sums are rounded. */
const KERNEL_FEATURES = {
  x64: ['sse4_2', 'avx', 'avx2', 'fma', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_tile'],
  arm64: ['asimd', 'asimdhp', 'asimddp', 'i8mm', 'bf16', 'sve', 'sve2'],
};

/** Number of float32 lanes in a CPU's widest vectors, as far as the C engine uses them. */
export type Lanes = 4 | 8 | 16;

/** The fields of /proc/cpuinfo that identify an arm64 CPU, which has no `model name`. */
const ARM_MODEL = ['CPU implementer', 'CPU architecture', 'CPU variant', 'CPU part', 'CPU revision'];

/** Cached, because reading /proc/cpuinfo takes milliseconds. */
let cpuInfo: string | undefined;

/** Returns the features of this machine's CPU that can change how results are rounded, for example `x64 avx avx2 fma`. */
export function cpuFeatures(): string {
  const name = arch();
  const known = name === 'arm64' ? KERNEL_FEATURES.arm64 : KERNEL_FEATURES.x64;
  const flags = new Set(cpuField(name === 'arm64' ? 'Features' : 'flags').split(' '));
  return [name, ...known.filter((feature) => flags.has(feature))].join(' ');
}

/** Returns the lanes of this machine's vectors. All 64-bit ARM CPUs have vectors of four; the longer ones of SVE are not used. */
export function vectorLanes(): Lanes {
  const features = cpuFeatures().split(' ');
  if (features.includes('arm64')) return 4;
  return features.includes('avx512f') ? 16 : 8;
}

/** Returns a text that differs between models of CPUs, for example `AuthenticAMD 26 2 AMD EPYC`. It is empty where the model is unknown. */
export function cpuModel(): string {
  const fields = arch() === 'arm64' ? ARM_MODEL : ['vendor_id', 'cpu family', 'model', 'model name'];
  return fields.map(cpuField).join(' ').trim();
}

/** Returns a field of the first CPU, or an empty text. */
function cpuField(name: string): string {
  cpuInfo ??= readCpuInfo();
  return new RegExp(`^${name}\\s*:(.*)$`, 'm').exec(cpuInfo)?.[1]?.trim() ?? '';
}

function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
