import { stringify } from 'safe-stable-stringify';
import type { z } from 'zod';
import { InputError } from '../errors.js';
import { closestName } from './closest-name.js';
import type { Source, SourcePath } from './source.js';

/** An invalid place in a file or an object. */
export interface Problem {
  readonly path: SourcePath;
  readonly message: string;
  /** Whether the problem is with the key or the value at the path. Default: the value. */
  readonly of?: 'value' | 'key';
}

const MAX_SHOWN = 20;
const MAX_VALUE_LENGTH = 60;

/** Throws one InputError that lists all problems with their lines, or with their paths in an object. Does nothing if there are none. */
export function throwProblems(source: Source, problems: readonly Problem[]): void {
  const lines = describeInOrder(source, problems);
  const [only] = lines;
  if (only === undefined) return;
  if (lines.length === 1) throw new InputError(only);
  const shown = lines.slice(0, MAX_SHOWN);
  if (shown.length < lines.length) shown.push(`... and ${lines.length - shown.length} more`);
  throw new InputError(
    `${source.file} has ${lines.length} errors:\n${shown.map((line) => `  ${line}`).join('\n')}`,
  );
}

/** Converts zod's issues to problems that say what was expected and what was found. */
export function problemsOf(
  error: z.ZodError,
  value: unknown,
  allowedKeys: (path: SourcePath) => readonly string[],
): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        path: [...issue.path, key],
        message: unknownName(key, allowedKeys(issue.path)),
        of: 'key',
      }));
    const got = valueAt(value, issue.path);
    return [
      {
        path: issue.path,
        message:
          got === undefined ? `missing: ${issue.message}` : `${issue.message}, got ${formatValue(got)}`,
      },
    ];
  });
}

/** Returns, for example, `unknown key; did you mean "steps"? Allowed: ...`. */
export function unknownName(name: string, allowed: readonly string[], kind = 'key'): string {
  const guess = closestName(name, allowed);
  const hint = guess === undefined ? '.' : `; did you mean "${guess}"?`;
  return `unknown ${kind}${hint} Allowed: ${allowed.join(', ')}`;
}

/** Formats a value as in a sweep file, truncated to fit on a line. */
export function formatValue(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (stringify(value) ?? String(value));
  return text.length <= MAX_VALUE_LENGTH ? text : `${text.slice(0, MAX_VALUE_LENGTH)}...`;
}

/** Joins up to 20 texts with commas, and counts the rest. */
export function joinTruncated(texts: readonly string[]): string {
  const shown = texts.slice(0, 20).join(', ');
  return texts.length <= 20 ? shown : `${shown} and ${texts.length - 20} more`;
}

/** Returns, for example, `grid.dimensions[2]`. */
function formatPath(path: SourcePath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');
}

/** Describes the distinct problems, in the order of the file if there is one. */
function describeInOrder({ file, locate }: Source, problems: readonly Problem[]): string[] {
  const placed = problems.map(({ path, message, of }) => {
    const field = path.length === 0 ? '' : `${formatPath(path)}: `;
    if (locate === null) return { line: 0, col: 0, text: `${file}: ${field}${message}` };
    const { line, col } = locate(path, of);
    return { line, col, text: `${file}:${line}:${col}: ${field}${message}` };
  });
  placed.sort((a, b) => a.line - b.line || a.col - b.col);
  return [...new Set(placed.map(({ text }) => text))];
}

function valueAt(value: unknown, path: SourcePath): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step)
        ? (inner as Record<PropertyKey, unknown>)[step]
        : undefined,
    value,
  );
}
