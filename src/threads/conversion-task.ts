/** What goes to the thread that converts or counts a large request, and what comes back. Plain values: an error's class does not survive the way. */
import type { ErrorCode } from '../errors.js';
import type { ConvertedRequest } from '../protocol/convert/request.js';
import type { Dialect } from '../protocol/middle/dialect.js';

/** The client's body, shared and not copied. */
interface BodyTask {
  readonly body: Uint8Array;
}

export interface ConversionTask extends BodyTask {
  readonly from: Dialect['name'];
  readonly to: Dialect['name'];
  /** What the upstream is asked for. */
  readonly model: string;
}

/** The body is a Messages request. */
export type EstimateTask = BodyTask;

export interface TaskFault {
  readonly ok: false;
  readonly code: ErrorCode;
  readonly message: string;
  readonly param: string | null;
}

export type ConversionAnswer = { readonly ok: true; readonly converted: ConvertedRequest } | TaskFault;
export type EstimateAnswer = { readonly ok: true; readonly tokens: number } | TaskFault;
