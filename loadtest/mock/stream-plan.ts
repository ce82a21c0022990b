import type { Behaviour, Pace } from './model-name.js';
import { drawRound } from './profile.js';
import { HELLO_PIECES, wordAt } from './words.js';

/**
 * When each event of a stream is due and what it says. Events count the opening, the closing and the end, each as one even
 * where an API makes several of it, not the optional usage event.
 */
export interface StreamPlan {
  events: number;
  /** Time from the request to the first event, and between events, milliseconds. */
  gapMs: number;
  /** The text of the n-th content event. */
  piece(index: number): string;
}

/** What a plan depends on besides the model name. */
export interface PlanContext {
  /** Which draw of the round profile this is. */
  ordinal: number;
  seed: number;
  timeScale: number;
}

/** Opening (chat: role), closing (finish) and end (`[DONE]`). */
export const FRAME_EVENTS = 3;
const MODEL_GAP_MS = 30;
/** Faults come quickly: tests wait for them. */
const FAULT_GAP_MS = 3;
const SIZE_PIECE = 1024;

/** Lays a stream out. `[DONE]` is due together with the finish event, so a stream lasts gap × (events − 1). */
export function planStream(behaviour: Behaviour, context: PlanContext): StreamPlan {
  const { events, gapMs, piece } = layOut(behaviour.pace, behaviour.fault !== undefined, context);
  return { events, gapMs: gapMs * context.timeScale, piece };
}

/** How long after the request the n-th event is due, milliseconds. */
export function offsetOf(plan: StreamPlan, index: number): number {
  return plan.gapMs * (Math.min(index, plan.events - 2) + 1);
}

/** The whole text of a plan. */
export function planText(plan: StreamPlan): string {
  return Array.from({ length: plan.events - FRAME_EVENTS }, (_, index) => plan.piece(index)).join('');
}

function layOut(pace: Pace, isFault: boolean, { ordinal, seed }: PlanContext): StreamPlan {
  const hello = HELLO_PIECES.length + FRAME_EVENTS;
  switch (pace.kind) {
    case 'model':
      return { events: hello, gapMs: isFault ? FAULT_GAP_MS : MODEL_GAP_MS, piece: (index) => HELLO_PIECES[index] as string };
    case 'instant':
      return { events: hello, gapMs: 0, piece: (index) => HELLO_PIECES[index] as string };
    case 'paced':
      return { events: pace.events, gapMs: pace.gapMs, piece: wordAt };
    case 'round': {
      const draw = drawRound(ordinal, seed);
      return { events: draw.events, gapMs: draw.durationMs / (draw.events - 1), piece: wordAt };
    }
    case 'size':
      return sizedPlan(pace.bytes);
  }
}

/** Exactly so many bytes of content, in pieces of 1 KB, without delay. */
function sizedPlan(bytes: number): StreamPlan {
  const pieces = Math.max(1, Math.ceil(bytes / SIZE_PIECE));
  const full = 'x'.repeat(SIZE_PIECE);
  const piece = (index: number) => (index < pieces - 1 ? full : 'x'.repeat(bytes - SIZE_PIECE * (pieces - 1)));
  return { events: pieces + FRAME_EVENTS, gapMs: 0, piece };
}
