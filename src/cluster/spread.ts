/**
 * Which worker takes the next connection when all are to have as many. Turns do it while every worker keeps up; in a burst
 * on a crowded machine Node's turns go to whoever answers first, and a worker that the scheduler favours took 65 connections
 * where another took 11. Pure.
 */
import type { Seat } from './fill.js';

/** A worker may be ahead of the least used one by so many connections, and by this share of what that one has. */
const SLACK = { connections: 2, share: 0.1 };
/** What workers told is a second old: after a burst that has ended, one of them must not be given the whole next one. */
const MOST_AHEAD = 8;
/** Offers that a worker may owe an answer for before it is passed over: it may be stuck, and they would wait with it. */
const MOST_WAITING = 4;

/** The least used worker where the one in turn is too far ahead; undefined leaves the connection to turns. */
export function level(seats: readonly Seat[], inTurn: number): Seat | undefined {
  const own = seats.find(({ id }) => id === inTurn);
  if (!own) return undefined;
  const least = seats
    .filter(({ taken }) => taken < own.taken + MOST_AHEAD)
    .reduce<Seat>((best, seat) => (loadOf(seat) < loadOf(best) ? seat : best), own);
  if (least.waiting >= MOST_WAITING) return undefined;
  const allowed = loadOf(least) * (1 + SLACK.share) + SLACK.connections;
  return loadOf(own) > allowed ? least : undefined;
}

function loadOf({ connections, waiting }: Seat): number {
  return connections + waiting;
}
