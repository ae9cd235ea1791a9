import { systemError } from '../faults/file-functions.js';
import type { SimulatedProcess } from './process.js';

/**
 * Returns the text of a file by which the kernel describes a simulated machine and its processes; null for any other file.
 * @throws a system error if it describes a process that does not exist
 */
export function readKernelFile({ machine }: SimulatedProcess, file: string): string | null {
  if (file === '/proc/sys/kernel/random/boot_id') return `${machine.name}-boot-${machine.boots}`;
  if (file === '/etc/machine-id')
    return Buffer.from(machine.name.padEnd(16, '-').slice(0, 16)).toString('hex');
  if (file === '/proc/cpuinfo') return 'flags\t: avx avx2 fma\n';
  const [, pid, name] = /^\/proc\/(\d+)\/(stat|status)$/.exec(file) ?? [];
  if (pid === undefined) return null;
  const process = machine.processes.get(Number(pid));
  if (process?.isAlive !== true) throw systemError('ENOENT', 'open', file);
  if (name === 'status') return 'VmRSS:\t1000 kB\n';
  // The start time is field 22, the state field 3.
  return `${pid} (node) S ${'0 '.repeat(18)}${Math.round(process.startedMs * 100)}`;
}
