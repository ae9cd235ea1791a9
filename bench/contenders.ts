import { z } from 'zod';
import type { LineChild } from './line-child.js';
import type { ProgramResult, RatioResult } from './result.js';
import { ratioOf, spreadOf } from './statistics.js';

/** A training program in a separate process. */
export interface Contender {
  readonly program: string;
  readonly child: LineChild;
}

/** A contender that has compiled a shape, and how many steps it makes in a round. */
interface Prepared extends Contender {
  readonly callSteps: number;
  readonly calls: number;
}

const timingSchema = z.object({ usPerStep: z.number(), cpuUsPerStep: z.number() });

/**
 * Measures all programs in turn, round by round, so that temporary slowdowns of the machine affect all of them.
 * @param onRound is called before each round with its number, from 1
 */
export async function measureInTurn(
  contenders: readonly Prepared[],
  shape: string,
  rounds: number,
  onRound: (round: number) => void,
): Promise<ProgramResult[]> {
  const timings = contenders.map((): z.infer<typeof timingSchema>[] => []);
  for (let round = 1; round <= rounds; round++) {
    onRound(round);
    for (const [index, { child, callSteps, calls }] of contenders.entries())
      timings[index]?.push(await child.ask(`run ${shape} ${callSteps} ${calls}`, timingSchema));
  }
  return contenders.map(({ program }, index) => ({
    ...{ shape, program },
    microsecondsPerStep: spreadOf(timings[index]?.map(({ usPerStep }) => usPerStep) ?? []),
    processorMicrosecondsPerStep: spreadOf(timings[index]?.map(({ cpuUsPerStep }) => cpuUsPerStep) ?? []),
  }));
}

/** Returns the programs with the lowest median first. */
export function fastestFirst(programs: readonly ProgramResult[]): ProgramResult[] {
  return [...programs].sort((a, b) => a.microsecondsPerStep.median - b.microsecondsPerStep.median);
}

/** Returns the ratio of the first programs of both lists; empty if one of them is missing. */
export function ratiosOf([own]: readonly ProgramResult[], [other]: readonly ProgramResult[]): RatioResult[] {
  if (own === undefined || other === undefined) return [];
  return [
    {
      ...{ shape: own.shape, program: own.program, against: other.program },
      ratio: ratioOf(own.microsecondsPerStep, other.microsecondsPerStep),
      processorRatio: ratioOf(own.processorMicrosecondsPerStep, other.processorMicrosecondsPerStep),
    },
  ];
}
