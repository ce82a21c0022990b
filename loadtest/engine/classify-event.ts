/** What one server-sent event says, as far as a load test counts it. Pure. */

export type EventKind = 'comment' | 'data' | 'content' | 'done' | 'error';

/**
 * A string member that carries output of any channel (text, reasoning, tool arguments) and is not empty. A quoted quote in a
 * text is preceded by a backslash, so text that talks about such members does not match.
 */
const CONTENT = /"(?:content|reasoning_content|reasoning|text|thinking|arguments|partial_json|delta)"\s*:\s*"(?!")/;
/** What says that the answer is whole: chat, Messages, Responses. Responses repeats the text in it, so it is looked for before content is. */
const DONE = /^(?:data:[ \t]*\[DONE\]|event:[ \t]*(?:message_stop|response\.(?:completed|incomplete))[ \t\r]*$)/m;
const ERROR = /^(?:event:[ \t]*(?:error|response\.failed)[ \t\r]*$|data:[ \t]*\{\s*"error"\s*:\s*[{"])/m;
/** Events of Responses that are no piece but begin or repeat one. */
const FRAME = /^event:[ \t]*response\.(?!.*\.delta[ \t\r]*$)/m;
const DATA = /^data:/m;

/** Latin1 is enough: only ASCII is searched for, and it is the cheapest decoding there is. */
export function classifyEvent(event: Buffer): EventKind {
  const text = event.toString('latin1');
  if (CONTENT.test(text) && !isFrame(text) && !ERROR.test(text)) return 'content';
  if (DONE.test(text)) return 'done';
  if (ERROR.test(text)) return 'error';
  return DATA.test(text) ? 'data' : 'comment';
}

/** Chat's events have no `event:` line; one look at the first letter spares them the search. */
function isFrame(text: string): boolean {
  return text.startsWith('e') && FRAME.test(text);
}
