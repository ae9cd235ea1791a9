import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  annotate,
  NO_ANNOTATION,
  noteSchema,
  readAnnotations,
  tagSchema,
  type AnnotationChange,
  type Subject,
} from '../store/annotations.js';
import { InputError } from '../errors.js';
import { findSweep, parse, type ServedSweep } from './api.js';
import { requireWriter, type WriteOptions } from './control.js';
import type { AnnotationsReply, AnnotationView } from './page/protocol.js';

const MAX_TAGS_AT_A_TIME = 20;

const query = z.object({ sweep: z.string().max(64) });
const tags = z.array(tagSchema).max(MAX_TAGS_AT_A_TIME).default([]);
const bodySchema = z.strictObject({
  sweep: z.string().max(64),
  /** The id of a task; null for the sweep. */
  task: z.string().nullable(),
  add: tags,
  remove: tags,
  note: noteSchema.optional(),
});

/** Serves the tags and notes of a sweep and its tasks, and changes them. */
export function serveAnnotations(
  server: FastifyInstance,
  sweeps: ReadonlyMap<string, ServedSweep>,
  options: WriteOptions,
): void {
  server.get('/api/annotations', (request): AnnotationsReply => {
    const { watch } = findSweep(sweeps, parse(query, request.query).sweep);
    const { byName } = readAnnotations(watch.outDir, 'task');
    const known = new Set(watch.sweep.tasks.map(({ id }) => id));
    return {
      sweep: readAnnotations(watch.outDir, 'sweep').byName.get(watch.sweep.name) ?? NO_ANNOTATION,
      tasks: Object.fromEntries([...byName].filter(([id]) => known.has(id))),
    };
  });

  server.post('/api/annotate', { preHandler: requireWriter(options) }, ({ body }): AnnotationView => {
    const { sweep: name, task, add, remove, note } = parse(bodySchema, body);
    const { watch } = findSweep(sweeps, name);
    if (task !== null && watch.sweep.tasks.every(({ id }) => id !== task))
      throw new InputError('unknown task: the sweep does not have it');
    const subject: Subject = task === null ? { kind: 'sweep', name } : { kind: 'task', name: task };
    const change: AnnotationChange = { add, remove, ...(note !== undefined && { note }) };
    const changed = annotate(watch.outDir, subject, change);
    watch.refresh();
    return changed;
  });
}
