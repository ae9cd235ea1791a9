import { z } from 'zod';
import { experimentFamilies } from '../task/registry.js';
import type { Settings, Task, Versions } from '../task/task.js';

/** The schema of `task.json`, which identifies the task of a folder. The task's experiment validates settings and versions. */
export const taskRecordSchema = z
  .object({
    id: z.string().regex(/^[0-9a-f]{16}$/),
    name: z.string(),
    settings: z.looseObject({ kind: z.string() }),
    versions: z.looseObject({}),
  })
  .transform(({ id, name, ...record }, context): Task => {
    const { kind } = record.settings;
    const family = experimentFamilies().find(({ kinds }) => kinds.includes(kind));
    const reject = (path: readonly PropertyKey[], message: string) => {
      context.addIssue({ code: 'custom', path: [...path], message });
      return z.NEVER;
    };
    if (family === undefined)
      return reject(['settings', 'kind'], `no registered experiment has tasks of kind ${kind}`);
    const check = <Value>(field: 'settings' | 'versions', schema: z.ZodType<Value>): Value => {
      const result = schema.safeParse(record[field]);
      if (result.success) return result.data;
      const [issue] = result.error.issues;
      return reject([field, ...(issue?.path ?? [])], issue?.message ?? '');
    };
    return {
      id,
      name,
      settings: check<Settings>('settings', family.settings),
      versions: check<Versions>('versions', family.versions),
    };
  });
