import { z } from 'zod';
import { experimentFamilies } from '../task/registry.js';
import type { Settings, Task, Versions } from '../task/task.js';

/** What `task.json` holds: the task that its folder is of. Settings and versions are for the task's experiment to check. */
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
    const refuse = (path: readonly PropertyKey[], message: string) => {
      context.addIssue({ code: 'custom', path: [...path], message });
      return z.NEVER;
    };
    if (family === undefined)
      return refuse(['settings', 'kind'], `no experiment here has tasks of kind ${kind}`);
    const check = <Value>(field: 'settings' | 'versions', schema: z.ZodType<Value>): Value => {
      const result = schema.safeParse(record[field]);
      if (result.success) return result.data;
      const [issue] = result.error.issues;
      return refuse([field, ...(issue?.path ?? [])], issue?.message ?? '');
    };
    return {
      id,
      name,
      settings: check<Settings>('settings', family.settings),
      versions: check<Versions>('versions', family.versions),
    };
  });
