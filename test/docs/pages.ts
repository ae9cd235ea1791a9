import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A fenced block of a page or of a doc comment. */
export interface Sample {
  /** For example `docs/library.md, sample 2`. */
  readonly name: string;
  readonly text: string;
}

/** Paths of all pages of the documentation, relative to the repository. */
export function pages(): string[] {
  const docs = readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`);
  const examples = readdirSync(path.join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' });
  return [
    'README.md',
    'ARCHITECTURE.md',
    'CHANGELOG.md',
    'SECURITY.md',
    ...docs,
    ...examples.filter((name) => path.basename(name) === 'README.md').map((name) => `examples/${name}`),
  ].filter((name) => name.endsWith('.md'));
}

export function readPage(page: string): string {
  return readFileSync(path.join(ROOT, page), 'utf8');
}

/** Returns the blocks of a language; of a source file, those of its doc comments. @param language empty for blocks without one */
export function samples(file: string, language: string): Sample[] {
  const text = readPage(file).replaceAll(/^ \* ?/gm, file.endsWith('.ts') ? '' : '$&');
  const blocks = [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].filter(([, of]) => of === language);
  return blocks.map(([, , block = ''], index) => ({ name: `${file}, sample ${index + 1}`, text: block }));
}
