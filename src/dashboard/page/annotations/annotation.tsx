import { useState } from 'preact/hooks';
import { post } from '../control/use-control.js';
import type { AnnotationView } from '../protocol.js';
import { messageOf } from '../reply.js';

interface AnnotationProps {
  readonly sweep: string;
  /** The id of the task; null for the sweep itself. */
  readonly task: string | null;
  /** The name of the task or the sweep, for the labels. */
  readonly name: string;
  readonly annotation: AnnotationView;
  readonly isEditable: boolean;
}

/** Shows the tags and the note of a sweep under a heading, if there are any or they can be edited. */
export function SweepAnnotation(props: Omit<AnnotationProps, 'task' | 'name'>) {
  if (isHidden(props)) return null;
  return (
    <section aria-labelledby="annotation-heading">
      <h2 id="annotation-heading">Tags and note</h2>
      <Annotation {...props} task={null} name="the sweep" />
    </section>
  );
}

function isHidden({ annotation, isEditable }: Pick<AnnotationProps, 'annotation' | 'isEditable'>): boolean {
  return !isEditable && annotation.tags.length === 0 && annotation.note === '';
}

/** Shows the tags and the note of a task or a sweep, and edits them. */
export function Annotation({ sweep, task, name, annotation, isEditable }: AnnotationProps) {
  const [problem, setProblem] = useState('');
  const [tag, setTag] = useState('');
  /** The text in the editor; null while it is closed. */
  const [draft, setDraft] = useState<string | null>(null);
  const { tags, note } = annotation;
  if (isHidden({ annotation, isEditable })) return null;
  const change = (body: object, onDone: () => void): void => {
    post('annotate', { sweep, task, ...body }).then(
      () => {
        setProblem('');
        onDone();
      },
      (error: unknown) => {
        setProblem(messageOf(error));
      },
    );
  };
  const addTag = (): void => {
    const add = tag.split(/[\s,]+/).filter((each) => each !== '');
    if (add.length > 0)
      change({ add }, () => {
        setTag('');
      });
  };
  return (
    <div class="annotation">
      {tags.length > 0 && (
        <ul class="tags" aria-label={`Tags of ${name}`}>
          {tags.map((each) => (
            <li key={each}>
              {each}
              {isEditable && (
                <button
                  type="button"
                  aria-label={`Remove the tag ${each} from ${name}`}
                  onClick={() => {
                    change({ remove: [each] }, () => undefined);
                  }}
                >
                  ×
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {note !== '' && draft === null && <p class="note">{note}</p>}
      {draft !== null && (
        <textarea
          aria-label={`Note on ${name}`}
          rows={4}
          maxLength={4_000}
          value={draft}
          onInput={(event) => {
            setDraft(event.currentTarget.value);
          }}
        />
      )}
      {isEditable && (
        <div class="tools">
          {draft === null ? (
            <>
              <input
                class="tag-input"
                aria-label={`New tag of ${name}`}
                placeholder="tag"
                value={tag}
                onInput={(event) => {
                  setTag(event.currentTarget.value);
                }}
                onKeyDown={(event) => {
                  if (event.key === 'Enter') addTag();
                }}
              />
              <button type="button" onClick={addTag}>
                Add tag
              </button>
              <button
                type="button"
                onClick={() => {
                  setDraft(note);
                }}
              >
                {note === '' ? 'Add note' : 'Edit note'}
              </button>
            </>
          ) : (
            <>
              <button
                type="button"
                onClick={() => {
                  change({ note: draft }, () => {
                    setDraft(null);
                  });
                }}
              >
                Save note
              </button>
              <button
                type="button"
                onClick={() => {
                  setDraft(null);
                }}
              >
                Discard
              </button>
            </>
          )}
        </div>
      )}
      {problem !== '' && (
        <p class="problem small" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
