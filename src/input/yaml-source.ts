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
import { formatCount } from '../units.js';
import { closestName } from './closest-name.js';
import type { Source, SourcePath } from './source.js';

const MAX_BYTES = 1 << 20;
const MAX_NESTING = 32;
const MAX_KEYS = 1_000;
const MAX_ALIASES = 100;

/**
 * Reads an untrusted YAML file: size, nesting, keys and aliases are limited.
 * @param what the kind of file, for messages
 * @throws InputError if the file can't be read or is not valid YAML
 */
export function readYaml(file: string, what = 'sweep file'): Source {
  return parseYaml(file, readText(file, what));
}

/** Parses YAML text with the limits of `readYaml`. @param file the file's name in messages */
export function parseYaml(file: string, text: string): Source {
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
      throw new InputError(
        `${file} has ${formatCount(stats.size)} bytes, the maximum for a ${what} is ${formatCount(MAX_BYTES)}`,
      );
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ENOENT') throw new InputError(notFoundText(file, what), { cause: error });
    throw new InputError(`can't read the ${what} ${file} (${code})`, { cause: error });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new InputError(`${file} is not valid UTF-8`, { cause: error });
  }
}

/** Returns, for example, `Sweep file not found: quick.yaml. Did you mean quickstart.yaml?`. */
function notFoundText(file: string, what: string): string {
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
    throw new InputError(`${at(second.range[0])}: expected a single YAML document, found a second one`);
  if (document?.contents == null) throw new InputError(`${file} is empty: expected a YAML mapping`);
  return document;
}

/** Throws for input that would exhaust the composer, which recurses into nested collections and compares all pairs of keys. */
function* boundedTokens(file: string, text: string, lines: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  // Parser.parse also registers the first line.
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > MAX_NESTING)
      throw new InputError(`${file} is nested more than ${MAX_NESTING} levels deep`);
    const top = parser.stack.at(-1);
    if (top !== undefined && isMapping(top) && top.items.length > MAX_KEYS)
      throw new InputError(`${file} has a mapping with more than ${formatCount(MAX_KEYS)} keys`);
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
    throw new InputError(`${file} has aliases that expand to too many values: write the values out`, {
      cause: error,
    });
  }
}

function offsetOf(document: Document.Parsed, path: SourcePath, what: 'value' | 'key'): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    const found = child(document, node, step);
    if (found === null) break;
    const target = what === 'key' && depth === path.length - 1 ? found.key : found.value;
    offset = (target ?? found.key)?.range?.[0] ?? offset;
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
