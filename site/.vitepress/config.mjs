import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import apiSidebar from '../../docs/api/typedoc-sidebar.json' with { type: 'json' };

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Draws the diagrams of a page, also after a click has led to another page. */
const DRAW_DIAGRAMS = `
mermaid.initialize({ startOnLoad: false });
const draw = () => mermaid.run({ querySelector: 'pre.mermaid:not([data-processed])' });
new MutationObserver(draw).observe(document.body, { childList: true, subtree: true });
draw();
`;

const page = (text, link) => ({ text, link });

export default defineConfig({
  title: 'vae-sweep',
  description: 'Runs sweeps of many small models on all cores and never loses a step',
  // The pages stay where GitHub shows them, and links between them are the same in both places.
  srcDir: '..',
  srcExclude: ['**/node_modules/**', 'site/**', 'dist/**', 'out/**', 'test/**', 'src/**'],
  rewrites: { 'README.md': 'index.md' },
  outDir: '../dist/site',
  cacheDir: '../node_modules/.cache/vitepress',
  // Links to programs and folders, which `buildEnd` copies.
  ignoreDeadLinks: [(link) => existsSync(path.join(ROOT, 'docs', link))],
  // The pages are outside of this package, which has Vue.
  vite: {
    resolve: {
      alias: ['vue/server-renderer', 'vue'].map((name) => ({
        find: new RegExp(`^${name}$`),
        replacement: path.join(ROOT, 'site', 'node_modules', name),
      })),
    },
  },
  head: [
    ['script', { src: '/mermaid.min.js', defer: '' }],
    ['script', { type: 'module' }, DRAW_DIAGRAMS],
  ],
  markdown: {
    config: (markdown) => {
      const { fence } = markdown.renderer.rules;
      markdown.renderer.rules.fence = (tokens, index, ...more) => {
        const { info, content } = tokens[index];
        if (info.trim() !== 'mermaid') return fence(tokens, index, ...more);
        return `<pre class="mermaid" v-pre>${markdown.utils.escapeHtml(content)}</pre>`;
      };
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      page('Tutorial', '/docs/tutorial'),
      page('Commands', '/docs/commands'),
      page('API', '/docs/api/'),
      page('Changelog', '/CHANGELOG'),
    ],
    sidebar: [
      {
        text: 'Start',
        items: [
          page('Overview', '/'),
          page('Tutorial', '/docs/tutorial'),
          page('Commands', '/docs/commands'),
        ],
      },
      {
        text: 'Use',
        items: [
          page('Sweep files', '/docs/sweep-files'),
          page('Search', '/docs/search'),
          page('Your own experiments', '/docs/experiments'),
          page('Plugins for VAEs', '/docs/plugins'),
          page('Dashboard', '/docs/dashboard'),
          page('Outputs', '/docs/outputs'),
          page('Logs in Python, R and SQL', '/docs/logs'),
          page('Several machines', '/docs/clusters'),
          page('As a library', '/docs/library'),
          page('Operations of the compiler', '/docs/operations'),
        ],
      },
      {
        text: 'Evidence',
        items: [
          page('Reproduction of the paper', '/docs/reproduction'),
          page('Reliability', '/docs/reliability'),
          page('Performance', '/docs/performance'),
          page('Dependencies', '/docs/dependencies'),
        ],
      },
      { text: 'Change it', items: [page('Architecture', '/ARCHITECTURE'), page('Changelog', '/CHANGELOG')] },
      { text: 'API reference', collapsed: true, items: apiSidebar },
    ],
  },
  buildEnd: ({ outDir }) => {
    for (const name of ['examples', 'sweeps', 'docs/sweep.schema.json', 'bench/search-table.yaml'])
      cpSync(path.join(ROOT, name), path.join(outDir, name), { recursive: true });
    cpSync(
      path.join(ROOT, 'site/node_modules/mermaid/dist/mermaid.min.js'),
      path.join(outDir, 'mermaid.min.js'),
    );
  },
});
