/** The script of `report.html`: everything to read is on the page already; this draws. */
import type { Chart } from '../../scenarios/findings.js';
import { Drawings } from './drawings.js';
import { fillNumbers } from './number-table.js';
import { followTheme } from './theme.js';

const charts = JSON.parse(document.querySelector('#charts')?.textContent ?? '[]') as Chart[];
const drawings = new Drawings(charts);
drawings.watch();
fillNumbers(charts);
followTheme(() => drawings.redraw());
