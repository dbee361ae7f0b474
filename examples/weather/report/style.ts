/** The look of the report: one column on a phone, two on a desk; light or dark as the reader's system says. */
export const style = `
:root { color-scheme: light dark;
  --paper: #f6f5f1; --card: #ffffff; --ink: #1d2733; --soft: #5d6b7a; --rule: #e3e4e1; --axis: #a9b2ba;
  --hot: #c8352b; --warm: #e8973a; --mild: #4fa58c; --cold: #3a72b8;
  --sun: #efb23e; --fog: #b3b7bb; --drizzle: #8fc0e3; --rain: #3a7dbd; --snow: #8b7cc8; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #12171d; --card: #1a2129; --ink: #e7ebef; --soft: #9aa7b4; --rule: #2b343e; --axis: #55626f;
  --hot: #ee6a5b; --warm: #efac59; --mild: #5dbba1; --cold: #649ddd;
  --sun: #e3ab45; --fog: #7e868e; --drizzle: #86b5d8; --rain: #4d8fce; --snow: #a598dd; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 2.5rem 1rem 3rem; }
h1 { font-size: clamp(1.8rem, 5vw, 2.6rem); line-height: 1.15; margin: 0; letter-spacing: -0.02em; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 0.25rem; }
p { margin: 0.25rem 0 1rem; color: var(--soft); max-width: 44rem; }
.grid { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); align-items: start; }
.grid.three { grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); }
.figures { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); margin: 1.5rem 0 0; }
.figures div, figure, .table { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; }
.figures div { padding: 0.9rem 1rem; }
.figures dt { color: var(--soft); font-size: 0.85rem; }
.figures dd { margin: 0; font-size: 1.55rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.figures dd small { display: block; font-size: 0.85rem; font-weight: 400; color: var(--soft); }
figure { margin: 0; padding: 0.9rem 0.9rem 0.7rem; }
figcaption { font-weight: 600; margin: 0 0 0.5rem; }
svg { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
.label { fill: var(--soft); } .head { fill: var(--ink); font-weight: 600; } .note { fill: var(--ink); font-size: 11.5px;
  paint-order: stroke; stroke: var(--card); stroke-width: 3px; stroke-linejoin: round; }
.rule { stroke: var(--rule); } .axis { stroke: var(--axis); }
.ranges { stroke: url(#heat); stroke-width: 1; fill: none; }
.halo { stroke: var(--card); stroke-width: 4; fill: none; opacity: 0.75; } .mean { stroke: var(--ink); stroke-width: 1.6; fill: none; }
.loop { stroke: var(--warm); stroke-width: 2; fill: none; } .month { fill: var(--card); stroke: var(--warm); stroke-width: 2; }
.hottest, .coldest { stroke: var(--card); stroke-width: 1.5; } .hottest { fill: var(--hot); } .coldest { fill: var(--cold); }
stop.hot { stop-color: var(--hot); } stop.warm { stop-color: var(--warm); }
stop.mild { stop-color: var(--mild); } stop.cold { stop-color: var(--cold); }
.sun { fill: var(--sun); } .fog { fill: var(--fog); } .drizzle { fill: var(--drizzle); }
.rain { fill: var(--rain); } .snow { fill: var(--snow); }
.table { overflow-x: auto; margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.55rem 0.9rem; text-align: right; white-space: nowrap; border-top: 1px solid var(--rule); }
thead th { border-top: 0; color: var(--soft); font-weight: 500; } tbody th, thead th:first-child { text-align: left; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: 0.85rem; } code { font-size: 0.95em; overflow-wrap: anywhere; }
`
