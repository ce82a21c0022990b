/** What one server-sent event says, as far as a load test counts it. Pure. */

export type EventKind = 'comment' | 'data' | 'content' | 'done' | 'error';

/**
 * A string member that carries output of any channel (text, reasoning, tool arguments) and is not empty. A quoted quote in a
 * text is preceded by a backslash, so text that talks about such members does not match.
 */
const CONTENT = /"(?:content|reasoning_content|reasoning|text|thinking|arguments|partial_json|delta)"\s*:\s*"(?!")/;
const DONE = /^data:[ \t]*\[DONE\]/m;
const ERROR = /^(?:event:[ \t]*error[ \t\r]*$|data:[ \t]*\{\s*"error"\s*:\s*[{"])/m;
const DATA = /^data:/m;

/** Latin1 is enough: only ASCII is searched for, and it is the cheapest decoding there is. */
export function classifyEvent(event: Buffer): EventKind {
  const text = event.toString('latin1');
  if (CONTENT.test(text) && !ERROR.test(text)) return 'content';
  if (DONE.test(text)) return 'done';
  if (ERROR.test(text)) return 'error';
  return DATA.test(text) ? 'data' : 'comment';
}
