import { stringify } from 'safe-stable-stringify';
import type { z } from 'zod';
import { InputError } from '../errors.js';
import { closestName } from './closest-name.js';
import type { YamlPath, YamlSource } from './yaml-source.js';

/** Something in a sweep file that can't be used. */
export interface Problem {
  readonly path: YamlPath;
  readonly message: string;
  /** What of the path's entry the problem is with. Default: its value. */
  readonly of?: 'value' | 'key';
}

const MAX_SHOWN = 20;
const MAX_VALUE_LENGTH = 60;

/** Throws one error that names each of the problems with its line, if there are any. */
export function refuseProblems(source: YamlSource, problems: readonly Problem[]): void {
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

/** zod's issues in this project's words: what was expected, and what there is. */
export function problemsOf(
  error: z.ZodError,
  value: unknown,
  allowedKeys: (path: YamlPath) => readonly string[],
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
        message: got === undefined ? `missing: ${issue.message}` : `${issue.message}, got ${show(got)}`,
      },
    ];
  });
}

/** For example `unknown key; did you mean "steps"? Allowed: ...`. */
export function unknownName(name: string, allowed: readonly string[], kind = 'key'): string {
  const guess = closestName(name, allowed);
  const hint = guess === undefined ? '.' : `; did you mean "${guess}"?`;
  return `unknown ${kind}${hint} Allowed: ${allowed.join(', ')}`;
}

/** The value as a sweep file would have it, cut to a line. */
export function show(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (stringify(value) ?? String(value));
  return text.length <= MAX_VALUE_LENGTH ? text : `${text.slice(0, MAX_VALUE_LENGTH)}...`;
}

/** The values on one line, as many as fit. */
export function summary(texts: readonly string[]): string {
  const shown = texts.slice(0, 20).join(', ');
  return texts.length <= 20 ? shown : `${shown} and ${texts.length - 20} more`;
}

/** For example `grid.dimensions[2]`. */
function formatPath(path: YamlPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');
}

/** The distinct problems, in the order of the file. */
function describeInOrder(source: YamlSource, problems: readonly Problem[]): string[] {
  const placed = problems.map(({ path, message, of }) => {
    const { line, col } = source.locate(path, of);
    const field = path.length === 0 ? '' : `${formatPath(path)}: `;
    return { line, col, text: `${source.file}:${line}:${col}: ${field}${message}` };
  });
  placed.sort((a, b) => a.line - b.line || a.col - b.col);
  return [...new Set(placed.map(({ text }) => text))];
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step)
        ? (inner as Record<PropertyKey, unknown>)[step]
        : undefined,
    value,
  );
}
