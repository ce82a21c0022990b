/** The Responses API's side of every conversion. */
import type { Dialect } from '../middle/dialect.js';
import { echo } from './echo.js';
import { readRequest } from './read-request.js';
import { readWhole } from './read-whole.js';
import { ResponsesStreamReader } from './stream-reader.js';
import { writeRequest } from './write-request.js';
import { ResponsesStreamWriter, ResponsesWholeWriter } from './writers.js';

export const responses: Dialect = {
  name: 'responses',
  readRequest,
  writeRequest,
  echo,
  readWhole,
  createStreamReader: (sink) => new ResponsesStreamReader(sink),
  createWholeWriter: (context) => new ResponsesWholeWriter(context),
  createStreamWriter: (context) => new ResponsesStreamWriter(context),
};
