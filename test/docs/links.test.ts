import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pages, readPage, ROOT } from './pages.js';

test('every link of the documentation leads to a file, which folders are not, and to a heading where it names one', () => {
  const links = pages().flatMap((page) =>
    [...withoutCode(readPage(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => ({ page, link })),
  );
  assert.ok(links.length > 50);
  const broken = links.filter(({ page, link }) => !/^https?:/.test(link) && !leadsSomewhere(page, link));
  assert.deepEqual(broken, []);
});

function leadsSomewhere(page: string, link: string): boolean {
  const [target = '', heading] = link.split('#');
  const file = target === '' ? page : path.join(path.dirname(page), target);
  // The documentation site has no pages for folders: a link names the README.md in it.
  if (!statSync(path.join(ROOT, file), { throwIfNoEntry: false })?.isFile()) return false;
  return heading === undefined || anchorsOf(file).includes(heading);
}

/** The anchors of headings as GitHub and VitePress make them. */
function anchorsOf(page: string): string[] {
  return [...withoutCode(readPage(page)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function withoutCode(text: string): string {
  return text
    .replaceAll(/^```[^]*?^```$/gm, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[()[\]]/g, ''));
}
