import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A bug that is put into the compiled program on purpose. */
export interface PlantedBug {
  readonly name: string;
  /** Changes of files, relative to `dist/src`. */
  readonly changes: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
  /** What a simulation says of it. */
  readonly finds: RegExp;
}

const DIST = fileURLToPath(new URL('../../', import.meta.url));
const PROJECT = path.dirname(path.resolve(DIST));
/** What a simulation needs of the project and of its compiled code. */
const LINKED = ['node_modules', 'package.json'];
const COPIED = ['src', 'workers', 'test/simulation', 'test/faults'];

/** Compiles nothing: changes a copy of the compiled program. Returns the URL of the copy's `many.js`, and a function that removes it. */
export function plant({ name, changes }: PlantedBug): { readonly url: URL; readonly remove: () => void } {
  const project = mkdtempSync(path.join(tmpdir(), 'vae-sweep-bug-'));
  for (const linked of LINKED) symlinkSync(path.join(PROJECT, linked), path.join(project, linked));
  for (const folder of COPIED) linkFolder(path.join(DIST, folder), path.join(project, 'dist', folder));
  for (const { file, find, replace } of changes) {
    const copy = path.join(project, 'dist', 'src', file);
    const code = readFileSync(copy, 'utf8');
    if (code.split(find).length !== 2) throw new Error(`${name}: ${file} does not have this once: ${find}`);
    rmSync(copy);
    writeFileSync(copy, code.replace(find, replace));
  }
  const remove = (): void => {
    rmSync(project, { recursive: true });
  };
  return { url: new URL(`file://${project}/dist/test/simulation/many.js`), remove };
}

function linkFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) linkFolder(source, target);
    else if (/\.(js|json)$/.test(entry.name)) link(source, target);
  }
}

/** Links, or copies if the temporary folder is on another disk. */
function link(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    cpSync(source, target);
  }
}
