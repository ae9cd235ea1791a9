import { readFileSync } from 'node:fs';
import { arch } from 'node:os';

/** Instruction sets that decide which kernels TensorFlow and XLA use, and with them how sums are rounded. */
const KERNEL_FEATURES = ['sse4_2', 'avx', 'avx2', 'fma', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_tile'];

/** Cached, because reading /proc/cpuinfo takes milliseconds. */
let cpuInfo: string | undefined;

/** Returns the features of this machine's CPU that can change how results are rounded, for example `x64 avx avx2 fma`. */
export function cpuFeatures(): string {
  const flags = cpuFlags();
  return [arch(), ...KERNEL_FEATURES.filter((feature) => flags.has(feature))].join(' ');
}

/** Returns a text that differs between models of CPUs, for example `AuthenticAMD 26 2 AMD EPYC`. It is empty where the model is unknown. */
export function cpuModel(): string {
  return ['vendor_id', 'cpu family', 'model', 'model name'].map(cpuField).join(' ').trim();
}

function cpuFlags(): Set<string> {
  return new Set(cpuField('flags').split(' '));
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
