import { createHash } from 'node:crypto';

/** Where the page's imports are served; `PACKAGES` in files.ts says from what. */
const IMPORTS = {
  preact: '/packages/preact.mjs',
  'preact/hooks': '/packages/hooks.mjs',
  'preact/jsx-runtime': '/packages/jsxRuntime.mjs',
  uplot: '/packages/uPlot.esm.js',
} as const;
const IMPORT_MAP = JSON.stringify({ imports: IMPORTS });

/** The one inline script that the page has: browsers know no import map of another file. For its content security policy. */
export const IMPORT_MAP_HASH = `'sha256-${createHash('sha256').update(IMPORT_MAP).digest('base64')}'`;

/**
 * The same for every sweep: what it shows comes as data.
 * @param modules names of the page's, to be loaded at once and not one after the other as they import each other
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
<noscript>This page draws with JavaScript. vae-sweep status and vae-sweep report tell the same without it.</noscript>
</body>
</html>
`;
}
