import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { LineChild } from './line-child.js';

const PROGRAM = fileURLToPath(new URL('../../bench/jax_scan.py', import.meta.url));

/** Variants of the JAX program, which describes them. None of them is the fastest for every shape. */
export const JAX_VARIANTS = ['stock', 'pregen', 'wide'] as const;

export async function startJax(
  python: string,
  variant: (typeof JAX_VARIANTS)[number],
  core: number | null,
): Promise<LineChild> {
  return LineChild.start(`jax ${variant}`, [python, PROGRAM, '--variant', variant], core);
}

export async function askVersions(child: LineChild): Promise<Record<string, string>> {
  return child.ask('info', z.object({ python: z.string(), jax: z.string(), jaxlib: z.string() }));
}
