import { createHash } from 'node:crypto';

/** The URLs of the page's imports. `PACKAGES` in files.ts lists their files. */
const IMPORTS = {
  preact: '/packages/preact.mjs',
  'preact/hooks': '/packages/hooks.mjs',
  'preact/jsx-runtime': '/packages/jsxRuntime.mjs',
  uplot: '/packages/uPlot.esm.js',
  '@tanstack/table-core': '/packages/table-core.mjs',
  '@tanstack/virtual-core': '/packages/virtual-core/index.js',
} as const;
const IMPORT_MAP = JSON.stringify({ imports: IMPORTS });

/**
 * The hash of the page's only inline script, for its content security policy. It is inline because browsers do not support import maps
 * in separate files.
 */
export const IMPORT_MAP_HASH = `'sha256-${createHash('sha256').update(IMPORT_MAP).digest('base64')}'`;

/**
 * Returns the page's HTML. It is the same for every sweep: the content comes as data.
 * @param modules the names of the page's modules, which are preloaded in parallel instead of one after another
 */
export function pageHtml(modules: readonly string[]): string {
  const urls = [...Object.values(IMPORTS), ...modules.map((name) => `/page/${name}`)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>vae-sweep</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/packages/uPlot.min.css">
<link rel="stylesheet" href="/assets/dashboard.css">
<script type="importmap">${IMPORT_MAP}</script>
${urls.map((url) => `<link rel="modulepreload" href="${url}">`).join('\n')}
<script type="module" src="/page/main.js"></script>
</head>
<body>
<div id="app"><main><p class="quiet">Reading the store …</p></main></div>
<noscript>This page needs JavaScript. Without it, use vae-sweep status and vae-sweep report.</noscript>
</body>
</html>
`;
}
