import { readFileSync } from 'node:fs';
import { arch } from 'node:os';

/** Instruction sets that decide which kernels TensorFlow and XLA use, and with them how sums are rounded. */
const KERNEL_FEATURES = ['sse4_2', 'avx', 'avx2', 'fma', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_tile'];

/** Cached, because reading /proc/cpuinfo takes milliseconds. */
let features: string | undefined;

/** Returns the features of this machine's CPU that can change how results are rounded, for example `x64 avx avx2 fma`. */
export function cpuFeatures(): string {
  features ??= findFeatures();
  return features;
}

function findFeatures(): string {
  const flags = cpuFlags();
  return [arch(), ...KERNEL_FEATURES.filter((feature) => flags.has(feature))].join(' ');
}

function cpuFlags(): Set<string> {
  try {
    const line = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
    return new Set(line.trim().split(' '));
  } catch {
    return new Set();
  }
}
