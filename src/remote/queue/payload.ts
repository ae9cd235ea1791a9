import { z } from 'zod';
import { installedPlugins } from '../../task/plugins.js';
import { taskRecordSchema } from '../../store/task-record.js';
import { stepsOf } from '../../task/cost.js';
import { identify } from '../../task/identity.js';
import { experimentOf } from '../../task/registry.js';
import type { Task, Versions } from '../../task/task.js';

/** The protocol version. Increment it when coordinators and workers of the previous version would misunderstand each other. */
export const QUEUE_PROTOCOL = 1;

/** The JSON of a task has about 700 characters. */
const MAX_CHARACTERS = 16_384;
const MAX_NUMBER = 2 ** 31;
const MAX_TEXT = 100;
const MAX_ITEMS = 100;

/** The queue's data for a task. It contains no paths: a worker derives them from the task's identity. */
export interface Payload {
  readonly task: Task;
  /** The steps of the predecessor to continue from if there is no checkpoint. It differs from the task only in its steps. */
  readonly predecessorSteps: number | null;
  /** The number of attempts that failed in earlier runs. */
  readonly failures: number;
}

export type Decoded =
  | { readonly type: 'payload'; readonly payload: Payload }
  /** The payload is for a worker of another version. */
  | { readonly type: 'other version'; readonly theirs: string; readonly ours: string }
  | { readonly type: 'invalid'; readonly problem: string };

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

/** Decodes and fully validates a payload, because anyone with access to Redis may have written it. */
export function decodePayload(data: unknown, versions: Versions): Decoded {
  const envelope = envelopeSchema.safeParse(data);
  if (!envelope.success) return { type: 'invalid', problem: 'it is not a task of vae-sweep' };
  const { protocol } = envelope.data;
  if (protocol !== QUEUE_PROTOCOL)
    return {
      type: 'other version',
      theirs: `queue protocol ${protocol}`,
      ours: `queue protocol ${QUEUE_PROTOCOL}`,
    };
  const characters = JSON.stringify(data).length;
  if (characters > MAX_CHARACTERS)
    return {
      type: 'invalid',
      problem: `it has ${characters} characters, more than the maximum of ${MAX_CHARACTERS}`,
    };
  const parsed = payloadSchema.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { type: 'invalid', problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` };
  }
  return decodeTask(parsed.data, versions);
}

/** Returns the task with another number of steps and otherwise the same settings; null if its experiment can't continue tasks. */
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
  const excess = settingOverLimits(task.settings);
  if (excess !== null) return { type: 'invalid', problem: excess };
  const own = identify(task.settings, versions);
  if (own.id !== task.id || own.name !== task.name)
    return { type: 'invalid', problem: `its settings belong to ${own.name}, but its name or id differs` };
  if (payload.predecessorSteps !== null && payload.predecessorSteps >= stepsOf(task.settings))
    return {
      type: 'invalid',
      problem: `its predecessor has ${payload.predecessorSteps} steps, which is not fewer than its own`,
    };
  return { type: 'payload', payload };
}

function hashesOfInstalled(): Readonly<Record<string, string>> {
  return Object.fromEntries(installedPlugins().map(({ name, hash }) => [name, hash]));
}

/** Flattens the versions into one record, with an entry for each plugin. */
function named(versions: Versions): Readonly<Record<string, string | number>> {
  const entries = Object.entries(versions).flatMap(([name, version]) =>
    typeof version === 'object'
      ? Object.entries(version).map(([plugin, hash]) => [`plugin ${plugin}`, hash] as const)
      : [[name, version] as const],
  );
  return Object.fromEntries(entries);
}

/** Returns which setting exceeds the limits of sweep files and could exhaust the memory, or null. */
function settingOverLimits(settings: object): string | null {
  for (const [name, value] of Object.entries(settings)) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isWithinLimits =
      values.length <= MAX_ITEMS &&
      values.every((item) =>
        typeof item === 'number'
          ? Math.abs(item) <= MAX_NUMBER
          : typeof item !== 'string' || item.length <= MAX_TEXT,
      );
    if (!isWithinLimits) return `its setting ${name} exceeds the limits of sweep files`;
  }
  return null;
}
