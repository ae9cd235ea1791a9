import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { StoreError } from '../errors.js';
import type { Search, Stage } from '../search/stages.js';
import { makeFolder, readJsonFile, writeFileDurably } from '../store/files.js';
import { sweepFolder } from '../store/sweep-folder.js';
import type { Task } from '../task/task.js';

/** A decision about 100,000 tasks has about 10 MB. */
const MAX_BYTES = 1 << 26;

const decisionSchema = z.object({
  candidates: z.array(
    z.object({ tasks: z.array(z.string()).min(1), values: z.array(z.number().nullable()).min(1) }),
  ),
});

/** The metric of each task of each candidate. */
type Values = readonly (readonly (number | null)[])[];

/**
 * Reads the values on which a decision about these candidates was based, from the decisions that earlier runs recorded; null if there is
 * none. A recorded decision stays in force, whatever happens to its tasks later.
 * @throws a StoreError if the file can't be read
 */
export function recordedValues(
  outDir: string,
  part: string,
  metric: string,
  candidates: Stage['candidates'],
): Values | null {
  const file = decisionFile(outDir, part, metric, candidates);
  const read = readJsonFile(file, decisionSchema, MAX_BYTES);
  if (!read.found) {
    if (read.problem === null) return null;
    throw new StoreError(
      `${path.dirname(file)}: ${read.problem}: restore the file, or delete it to decide again from the results`,
    );
  }
  const values = new Map(
    read.value.candidates.flatMap(({ tasks, values }) => tasks.map((id, i) => [id, values[i]] as const)),
  );
  const recorded = candidates.map((tasks) => tasks.map(({ id }) => values.get(id)));
  return recorded.every((own): own is (number | null)[] => !own.includes(undefined)) ? recorded : null;
}

/**
 * Records the decisions of a search durably. The caller holds the store's lock.
 * @returns those that were not recorded yet, or were recorded for another goal or factor
 */
export function recordDecisions(outDir: string, { part, metric, goal, stages }: Search): Stage[] {
  const recorded: Stage[] = [];
  for (const stage of stages) {
    const { name, candidates, ranking } = stage;
    if (ranking === null || candidates.length === 0) continue;
    const file = decisionFile(outDir, part, metric, candidates);
    const tasksOf = new Map(candidates.map((tasks) => [tasks[0]?.id, tasks]));
    const lines = ranking.map(({ id, values, mean, isPromoted }) => {
      const tasks = (tasksOf.get(id) ?? []).map((task) => task.id);
      return `    ${JSON.stringify({ tasks, values, mean, isPromoted })}`;
    });
    const head = JSON.stringify({ stage: name, metric, goal }).slice(1, -1);
    const text = `{\n  ${head},\n  "candidates": [\n${lines.join(',\n')}\n  ]\n}\n`;
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    makeFolder(sweepFolder(outDir, part));
    makeFolder(path.dirname(file));
    writeFileDurably(file, text);
    recorded.push(stage);
  }
  return recorded;
}

/** The name is a hash of what was compared, so that a changed sweep file finds only the decisions that still apply. */
function decisionFile(
  outDir: string,
  part: string,
  metric: string,
  candidates: readonly (readonly Pick<Task, 'id'>[])[],
): string {
  const compared = JSON.stringify([metric, candidates.map((tasks) => tasks.map(({ id }) => id))]);
  return path.join(sweepFolder(outDir, part), 'decisions', `${hash('sha256', compared).slice(0, 16)}.json`);
}
