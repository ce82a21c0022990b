/**
 * Which worker takes the next connection when workers are filled one after another: a busy loop handles many chunks a
 * turn and so pays less for each. Pure; what bounds it is in one place.
 */

/** One worker that serves, as the primary knows it. */
export interface Seat {
  readonly id: number;
  /** Connections offered that it has not answered for: a worker behind with its work answers late, a stuck one never. */
  readonly waiting: number;
  readonly connections: number;
  /** Of those, the ones given to it since it last told its own number, a second ago or longer: others may have ended since. */
  readonly taken: number;
  /** Share of the last second that its event loop was busy, 0 to 1. */
  readonly utilization: number;
}

/** A worker that reaches any of these takes no more than its turns. */
export interface FillLimits {
  /** Busy beyond this, a request waits for others' chunks. */
  readonly utilization: number;
  /** Each may be two sockets, and a poll with more than 1,024 ready ones takes in no new connection (libuv). */
  readonly connections: number;
}

/** A worker busier than `above` gives up this share of its connections a second while another is idler than `below`. */
const SHED = { above: 0.8, below: 0.4, share: 1 / 8 };

const LIMITS: FillLimits = { utilization: 0.6, connections: 400 };

/** The limits where a worker may have so many requests in flight: it must not refuse what others have room for. */
export function fillLimits(slotsPerWorker: number): FillLimits {
  return { ...LIMITS, connections: Math.min(LIMITS.connections, Math.ceil(slotsPerWorker / 2)) };
}

/** The first with room; undefined when none has, which leaves the connection to turns. */
export function fill(seats: readonly Seat[], limits: FillLimits): Seat | undefined {
  return seats.find(
    ({ waiting, connections, utilization }) =>
      waiting === 0 && connections < limits.connections && utilization < limits.utilization,
  );
}

/** How many of its connections a worker should send away because it is too busy for them and another is not. */
export function surplus(id: number, seats: readonly Seat[]): number {
  const seat = seats.find((each) => each.id === id);
  const room = seats.some(({ utilization }) => utilization < SHED.below);
  return seat && room && seat.utilization > SHED.above ? Math.ceil(seat.connections * SHED.share) : 0;
}
