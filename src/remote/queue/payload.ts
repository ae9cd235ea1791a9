import { z } from 'zod';
import { installedPlugins } from '../../task/plugins.js';
import { taskRecordSchema } from '../../store/task-record.js';
import { stepsOf } from '../../task/cost.js';
import { identify } from '../../task/identity.js';
import { experimentOf } from '../../task/registry.js';
import type { Task, Versions } from '../../task/task.js';

/** Raised whenever a coordinator and a worker of the version before would misunderstand each other. */
export const QUEUE_PROTOCOL = 1;

/** A task's own JSON has some 700 characters. */
const MAX_CHARACTERS = 16_384;
const MAX_NUMBER = 2 ** 31;
const MAX_TEXT = 100;
const MAX_ITEMS = 100;

/** What is in the queue for a task. It names no path: a worker makes them of the task's identity. */
export interface Payload {
  readonly task: Task;
  /** Steps of the finished task to continue from where there is no checkpoint: it differs in its steps alone. */
  readonly predecessorSteps: number | null;
  /** Attempts that failed in earlier runs. */
  readonly failures: number;
}

export type Decoded =
  | { readonly type: 'payload'; readonly payload: Payload }
  /** For a worker of another version. */
  | { readonly type: 'other version'; readonly theirs: string; readonly ours: string }
  | { readonly type: 'broken'; readonly problem: string };

const envelopeSchema = z.looseObject({ protocol: z.int() });

const payloadSchema = z.strictObject({
  protocol: z.literal(QUEUE_PROTOCOL),
  task: taskRecordSchema,
  predecessorSteps: z.int().min(0).max(MAX_NUMBER).nullable(),
  failures: z.int().min(0).max(MAX_NUMBER),
});

export function encodePayload({ task, predecessorSteps, failures }: Payload): object {
  const { id, name, settings, versions } = task;
  return { protocol: QUEUE_PROTOCOL, task: { id, name, settings, versions }, predecessorSteps, failures };
}

/** Believes nothing: whoever reaches Redis may have written it. */
export function decodePayload(data: unknown, versions: Versions): Decoded {
  const envelope = envelopeSchema.safeParse(data);
  if (!envelope.success) return { type: 'broken', problem: 'it is no task of vae-sweep' };
  const { protocol } = envelope.data;
  if (protocol !== QUEUE_PROTOCOL)
    return {
      type: 'other version',
      theirs: `queue protocol ${protocol}`,
      ours: `queue protocol ${QUEUE_PROTOCOL}`,
    };
  const characters = JSON.stringify(data).length;
  if (characters > MAX_CHARACTERS)
    return { type: 'broken', problem: `it has ${characters} characters, allowed are ${MAX_CHARACTERS}` };
  const parsed = payloadSchema.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { type: 'broken', problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` };
  }
  return decodeTask(parsed.data, versions);
}

/** The task with this number of steps and otherwise the same settings; null for one that has none. */
export function withSteps(task: Task, steps: number): Task | null {
  const { continuation } = experimentOf(task.settings);
  return continuation === null ? null : identify({ ...task.settings, [continuation]: steps }, task.versions);
}

function decodeTask(payload: Payload, versions: Versions): Decoded {
  const { task } = payload;
  const known = named({ ...versions, plugins: hashesOfInstalled() });
  const differing = Object.entries(named(task.versions)).filter(([name, value]) => known[name] !== value);
  if (differing.length > 0)
    return {
      type: 'other version',
      theirs: differing.map(([name, value]) => `${name} ${value}`).join(', '),
      ours: differing.map(([name]) => `${name} ${known[name] ?? 'none'}`).join(', '),
    };
  const excess = excessIn(task.settings);
  if (excess !== null) return { type: 'broken', problem: excess };
  const own = identify(task.settings, versions);
  if (own.id !== task.id || own.name !== task.name)
    return { type: 'broken', problem: `its settings are those of ${own.name}, but it is named otherwise` };
  if (payload.predecessorSteps !== null && payload.predecessorSteps >= stepsOf(task.settings))
    return {
      type: 'broken',
      problem: `it has no more steps than the ${payload.predecessorSteps} of its predecessor`,
    };
  return { type: 'payload', payload };
}

function hashesOfInstalled(): Readonly<Record<string, string>> {
  return Object.fromEntries(installedPlugins().map(({ name, hash }) => [name, hash]));
}

/** Versions by what they are of, each plugin's beside the others. */
function named(versions: Versions): Readonly<Record<string, string | number>> {
  const entries = Object.entries(versions).flatMap(([name, version]) =>
    typeof version === 'object'
      ? Object.entries(version).map(([plugin, hash]) => [`plugin ${plugin}`, hash] as const)
      : [[name, version] as const],
  );
  return Object.fromEntries(entries);
}

/** Numbers, texts and lists that no sweep file could give: they would fill the memory. */
function excessIn(settings: object): string | null {
  for (const [name, value] of Object.entries(settings)) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isFine =
      values.length <= MAX_ITEMS &&
      values.every((item) =>
        typeof item === 'number'
          ? Math.abs(item) <= MAX_NUMBER
          : typeof item !== 'string' || item.length <= MAX_TEXT,
      );
    if (!isFine) return `its setting ${name} is larger than any sweep file allows`;
  }
  return null;
}
