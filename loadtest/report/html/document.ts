import { createHash } from 'node:crypto';
import { type Content, html, Markup } from './markup.js';

/** What a page is made of. Style and script are the project's own; everything else is escaped. */
export interface PageParts {
  title: string;
  /** Under the title. */
  about: string;
  css: string;
  script: string;
  body: Content;
  /** Beside the theme switch. */
  actions?: Content;
  /** Where the page may connect to: nowhere, unless it is live. */
  connect?: "'self'";
}

/** Before the first paint, so that a remembered theme does not flash. */
const THEME_SCRIPT =
  "try{const t=localStorage.getItem('tidegate-theme');if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch{}";

/** One file that needs nothing else, and a policy that lets it reach for nothing: only these very scripts and this style run. */
export function documentOf({ title, about, css, script, body, actions, connect }: PageParts): string {
  const policy = `default-src 'none'; script-src ${hashOf(THEME_SCRIPT)} ${hashOf(script)}; style-src ${hashOf(css)}; img-src data:; connect-src ${connect ?? "'none'"}; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Tidegate load test">
<title>${title}</title>
<link rel="icon" href="${ICON}">
<script>${new Markup(THEME_SCRIPT)}</script>
<style>${new Markup(css)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
<header><div class="title"><h1>${title}</h1><p class="quiet">${about}</p></div>
<div class="actions">${actions}<fieldset class="segments" id="theme" hidden><legend class="hidden">Theme</legend>
<button type="button" data-theme-choice="auto">Auto</button><button type="button" data-theme-choice="light">Light</button><button type="button" data-theme-choice="dark">Dark</button></fieldset></div></header>
<main id="main" tabindex="-1">${body}</main>
<footer class="quiet">Made by the Tidegate load test. Charts drawn by uPlot (MIT licence, its text is in this file).</footer>
<script>${new Markup(script)}</script>
</body>
</html>
`.text;
}

const ICON =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 12l4-5 3 3 4-7 3 4" fill="none" stroke="#0b7285" stroke-width="2" stroke-linejoin="round"/></svg>',
  );

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}
