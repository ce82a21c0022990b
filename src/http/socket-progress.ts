/** How much of what was written to a socket the system has not taken yet, and whether it goes on taking. */
import type { Socket } from 'node:net';

/** What Node keeps of a socket inside; its own time-out looks there too, for the same reason. */
type WithQueue = Socket & { _handle?: { writeQueueSize?: number } | null };

/** Bytes that wait in this process, at most: a write counts until all of it is taken. */
export function unsentBytes(socket: Socket): number {
  return socket.writableLength;
}

/**
 * Tells a slow reader from one that has stopped. A `drain` comes only once everything is taken, which for a slow reader
 * takes longer than any bound; the queue inside shrinks with every part that the system takes.
 */
export class SocketProgress {
  #last = -1;

  /** Whether bytes were taken, or none waits, since the last call. */
  moved(socket: Socket): boolean {
    const waiting = socket.writableLength;
    if (waiting === 0) {
      this.#last = -1;
      return true;
    }
    const mark = waiting + ((socket as WithQueue)._handle?.writeQueueSize ?? 0);
    const moved = mark !== this.#last;
    this.#last = mark;
    return moved;
  }
}
