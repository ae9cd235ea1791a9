import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  Composer,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
} from 'yaml';
import type { CST, Document, Node } from 'yaml';
import { InputError } from '../errors.js';
import { closestName } from './closest-name.js';

const MAX_BYTES = 1 << 20;
const MAX_NESTING = 32;
const MAX_KEYS = 1_000;
const MAX_ALIASES = 100;

/** Keys and list positions from the file's root to a value, as zod's issues have them. */
export type YamlPath = readonly PropertyKey[];

/** A YAML file's value, and where each part of it was written. */
export interface YamlSource {
  /** The path as it was given. */
  readonly file: string;
  readonly value: unknown;
  /** Of the value at the path, or of the nearest one that encloses it; with `key`, of its key. */
  locate(path: YamlPath, what?: 'value' | 'key'): YamlPlace;
}

/** Both count from 1. */
export interface YamlPlace {
  readonly line: number;
  readonly col: number;
}

/**
 * Reads a file that nobody has checked: its size, nesting, keys and aliases are bounded.
 * @param what names it in messages
 */
export function readYaml(file: string, what = 'sweep file'): YamlSource {
  return parseYaml(file, readText(file, what));
}

/** @param file what messages call it */
export function parseYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = compose(file, text, lines);
  return {
    file,
    value: toValue(file, document),
    locate: (path, what = 'value') => lines.linePos(offsetOf(document, path, what)),
  };
}

function readText(file: string, what: string): string {
  let bytes: Buffer;
  try {
    const stats = statSync(file);
    if (!stats.isFile()) throw new InputError(`${file} is not a file: expected a ${what}`);
    if (stats.size > MAX_BYTES)
      throw new InputError(`${file} has ${stats.size} bytes: a ${what} has at most ${MAX_BYTES}`);
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const message = code === 'ENOENT' ? notFound(file, what) : `can't read the ${what} ${file} (${code})`;
    throw new InputError(message, { cause: error });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new InputError(`${file} is not UTF-8 text`, { cause: error });
  }
}

/** For example `Sweep file not found: quickstar.yaml. Did you mean quickstart.yaml?` */
function notFound(file: string, what: string): string {
  const folder = path.dirname(file);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /[.]ya?ml$/.test(name)) : [];
  const guess = closestName(path.basename(file), names);
  const hint = guess === undefined ? '' : `. Did you mean ${path.join(folder, guess)}?`;
  return `${what.charAt(0).toUpperCase()}${what.slice(1)} not found: ${file}${hint}`;
}

function compose(file: string, text: string, lines: LineCounter): Document.Parsed {
  const at = (offset: number) => `${file}:${lines.linePos(offset).line}:${lines.linePos(offset).col}`;
  const composer = new Composer({ schema: 'core', stringKeys: true, uniqueKeys: true });
  const [document, second] = composer.compose(boundedTokens(file, text, lines), true, text.length);
  const problem = document?.errors[0] ?? document?.warnings[0];
  if (problem !== undefined)
    throw new InputError(`${at(problem.pos[0])}: not valid YAML: ${firstLine(problem.message)}`);
  if (second !== undefined)
    throw new InputError(`${at(second.range[0])}: a second YAML document: expected one`);
  if (document?.contents == null) throw new InputError(`${file} is empty`);
  return document;
}

/** The composer recurses into nested collections and compares each key with each: refuse what would exhaust it. */
function* boundedTokens(file: string, text: string, lines: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  // Parser.parse does the same.
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > MAX_NESTING)
      throw new InputError(`${file} nests more than ${MAX_NESTING} levels deep`);
    const top = parser.stack.at(-1);
    if (top !== undefined && isMapping(top) && top.items.length > MAX_KEYS)
      throw new InputError(`${file} has a mapping of more than ${MAX_KEYS} keys`);
  }
  yield* parser.end();
}

function isMapping(token: CST.Token): token is CST.BlockMap | CST.FlowCollection {
  return token.type === 'block-map' || (token.type === 'flow-collection' && token.start.source === '{');
}

function toValue(file: string, document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    throw new InputError(`${file} has aliases that expand to too much: write the values out`, {
      cause: error,
    });
  }
}

function offsetOf(document: Document.Parsed, path: YamlPath, what: 'value' | 'key'): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    const found = child(document, node, step);
    if (found === null) break;
    const wanted = what === 'key' && depth === path.length - 1 ? found.key : found.value;
    offset = (wanted ?? found.key)?.range?.[0] ?? offset;
    node = found.value;
  }
  return offset;
}

function child(
  document: Document.Parsed,
  node: Node | null,
  step: PropertyKey,
): { key: Node | null; value: Node | null } | null {
  const parent = node !== null && isAlias(node) ? node.resolve(document) : node;
  if (!isCollection(parent)) return null;
  if (isSeq(parent)) {
    const item = parent.items[Number(step)];
    return isNode(item) ? { key: null, value: item } : null;
  }
  if (!isMap(parent)) return null;
  const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === step);
  if (!isPair(pair)) return null;
  return { key: isNode(pair.key) ? pair.key : null, value: isNode(pair.value) ? pair.value : null };
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
