/** Everything that a thread of a worker process can be asked to do: the exported names are the tasks. */
export { convertBody } from './convert-body.js';
export { estimateBody } from './estimate-body.js';
export { readFields } from './read-fields.js';
