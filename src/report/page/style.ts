/** The page's style sheet, for light and dark color schemes, narrow screens and print. */
export const STYLE = `
:root { color-scheme: light dark; --muted: light-dark(#555, #aaa); --line: light-dark(#ccc, #555); --accent: light-dark(#0072b2, #56b4e9); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 90rem; margin: 0 auto; padding: 1rem; }
p, li, figcaption { max-width: 64rem; } h1 { font-size: 1.6rem; line-height: 1.2; } h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); } h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
nav { display: flex; flex-wrap: wrap; gap: 1rem; } a { color: var(--accent); }
.scroll { overflow-x: auto; container-type: inline-size; background: linear-gradient(to right, Canvas 30%, transparent) left / 40px 100% no-repeat local, linear-gradient(to left, Canvas 30%, transparent) right / 40px 100% no-repeat local, linear-gradient(to right, light-dark(#0003, #fff4), transparent) left / 14px 100% no-repeat scroll, linear-gradient(to left, light-dark(#0003, #fff4), transparent) right / 14px 100% no-repeat scroll; }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
caption { caption-side: bottom; text-align: left; color: var(--muted); padding: .4rem max(0px, 100% - 100cqi) .4rem 0; }
th, td { padding: .2rem .6rem; text-align: right; vertical-align: top; } td { white-space: nowrap; } th:first-child { text-align: left; font-weight: 500; white-space: pre; }
thead th { border-top: 2px solid; border-bottom: 1px solid var(--line); } tbody tr:last-child > * { border-bottom: 2px solid; }
.printed > * { color: var(--muted); font-weight: 400; }
.claim { margin: 1rem 0; padding-left: .8rem; border-left: 4px solid var(--line); } .claim h3, .claim p { margin: 0; }
.outcome { font-weight: 700; text-transform: uppercase; font-size: .75rem; letter-spacing: .03em; padding: .1rem .4rem; border: 1px solid; border-radius: .3rem; }
[data-outcome="holds"] { border-color: #009e73; } [data-outcome="holds"] .outcome { color: light-dark(#00684c, #4fd0a8); }
[data-outcome="does not hold"] { border-color: #d55e00; } [data-outcome="does not hold"] .outcome { color: light-dark(#a84300, #ff9a4d); }
summary { cursor: pointer; margin: .5rem 0; }
.summary { font-size: 1.1rem; }
.muted { color: var(--muted); }
figure { margin: 2rem 0; } figure svg { background: #fff; max-width: 100%; height: auto; }
figcaption { color: var(--muted); font-size: .9rem; } figcaption strong { color: CanvasText; }
@media print { body { max-width: none; font-size: 11pt; } nav { display: none; } figure, table { break-inside: avoid; } }
`;
