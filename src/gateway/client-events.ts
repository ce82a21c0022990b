/** What a stream's answer is read with: an observer and an aligner where bytes pass untouched, one conversion in place of both elsewhere. */
import { StreamConversion } from '../protocol/convert/stream.js';
import type { StreamObserver } from '../protocol/protocol.js';
import { EventAligner, type EventSource } from '../protocol/sse.js';
import type { Asked } from './asked.js';
import type { Route } from './route.js';

export interface ClientEvents {
  readonly observer: StreamObserver;
  readonly events: EventSource;
}

/** Undefined for a route that never streams. */
export function clientEvents({ route, answer }: Asked, client: Route): ClientEvents | undefined {
  if (answer && route.dialect && client.dialect) {
    const conversion = new StreamConversion(route.dialect, client.dialect, answer);
    return { observer: conversion, events: conversion };
  }
  const observer = route.createObserver?.();
  return observer && { observer, events: new EventAligner() };
}
