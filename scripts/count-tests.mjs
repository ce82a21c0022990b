/**
 * Reads TAP from stdin as it comes and says it shortly: one line a test file, every failing test in full, at the end
 * `tests: N passed, N failed, N skipped`. A test is a subtest without subtests of its own; a file or group that fails
 * without a failing test inside (crash, time-out, wrong plan) counts as one failure. Lines before the TAP pass through.
 * Of a file that is run once more (`# once more, alone: FILE`, scripts/run-tests.mjs) the last result counts; the line says so.
 */
import { createInterface } from 'node:readline';

/** `    not ok 3 - name # time=5ms {` → indentation, verdict, name, directive, opening brace of a buffered subtest. */
const RESULT = /^( *)(not )?ok\b(?: \d+)?(?: - )?(.*?)(?: # (SKIP|TODO)\b.*?)?(?: # time=\S+)?( \{)?$/i;
const SUBTEST = /^( *)# Subtest(?:: |$)/;
const AGAIN = /^# once more, alone: (.+)$/;
/** Output of a failing test past this is cut: the rest is in a local run. */
const MOST_LINES = 60;

const total = { passed: 0, failed: 0, skipped: 0 };
/** What each file added to the totals. */
const ofFile = new Map();
/** Time-outs that stand beside their file's result and not inside it: the file that is run once more settles them. */
let timeouts = 0;
/** Open subtests by nesting: how the totals stood when each began, and the lines it said. */
const open = [];
let started = false;
let diagnostic; // indentation of the YAML block being read, if one is
let finished = false;

/** @param {string} line */
function read(line) {
  if (!started) {
    started = /^TAP version \d+/.test(line);
    if (!started) console.log(line);
    return;
  }
  const again = AGAIN.exec(line);
  if (again) return forget(again[1], line);
  for (const group of open) if (group.lines.length < MOST_LINES) group.lines.push(line);
  if (insideDiagnostic(line)) return;
  const begin = SUBTEST.exec(line);
  if (begin) return enter(line, begin[1].length, undefined);
  if (/^1\.\.\d+/.test(line)) finished = true;
  if (/^Bail out!/i.test(line)) fail(line);
  const brace = /^( *)\}$/.exec(line);
  if (brace && open.at(-1)?.indent === brace[1].length) return leave(open.at(-1).verdict);
  const result = RESULT.exec(line);
  if (result) judge(result, line);
}

/** Diagnostics may quote TAP; nothing in them counts. */
function insideDiagnostic(line) {
  if (diagnostic !== undefined) {
    if (line === `${diagnostic}...`) diagnostic = undefined;
    return true;
  }
  const begin = /^( +)---$/.exec(line);
  if (!begin) return false;
  diagnostic = begin[1];
  return true;
}

function enter(heading, indent, verdict) {
  // A comment that repeats an open subtest's own opening is not another one.
  if (open.at(-1)?.indent === indent) return;
  if (open.length > 0) open.at(-1).groups++;
  open.push({ heading, indent, verdict, groups: 0, before: { ...total }, lines: [] });
}

function judge([, spaces, not, name, directive, brace], line) {
  const verdict = { ok: !not || directive?.toUpperCase() === 'TODO', name, skipped: directive?.toUpperCase() === 'SKIP' };
  const indent = spaces.length;
  if (brace) return enter(line, indent, verdict);
  if (open.at(-1)?.indent === indent) return leave(verdict);
  if (verdict.skipped) total.skipped++;
  // A file that tells nothing of its inside: one test.
  else if (indent === 0 && verdict.ok) total.passed++;
  else if (indent === 0) {
    if (verdict.name === 'timeout!') timeouts++;
    fail(line);
  }
}

function leave(verdict) {
  const group = open.pop();
  const failedInside = total.failed > group.before.failed;
  if (verdict.skipped && group.groups === 0) total.skipped++;
  else if (!verdict.ok && !failedInside) fail([...open.map((outer) => outer.heading), group.heading, ...group.lines].join('\n'));
  else if (verdict.ok && group.groups === 0) total.passed++;
  if (open.length > 0) return;
  const own = Object.fromEntries(Object.entries(total).map(([kind, count]) => [kind, count - group.before[kind]]));
  ofFile.set(verdict.name, own);
  console.log(`${verdict.ok ? 'ok    ' : 'FAILED'} ${verdict.name} (${own.passed} passed, ${own.failed} failed)`);
}

function forget(file, line) {
  for (const [kind, count] of Object.entries(ofFile.get(file) ?? {})) total[kind] -= count;
  ofFile.delete(file);
  total.failed -= timeouts;
  timeouts = 0;
  console.log(line);
}

function fail(text) {
  total.failed++;
  console.log(`${text}\n`);
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) read(line);
if (open.length > 0) fail(`The test run broke off inside:\n${open[0].lines.join('\n')}`);
else if (!started || !finished) fail('The test run did not come to its end.');
else if (total.passed + total.failed === 0) fail('No test ran.');
console.log(`tests: ${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
