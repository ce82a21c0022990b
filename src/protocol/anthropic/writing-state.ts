import { Losses } from '../middle/losses.js';
import type { MiddleRequest } from '../middle/request.js';
import { FittedNames } from '../middle/tool-names.js';
import { CacheMarks } from './cache-marks.js';
import { type ModelFacts, modelFacts } from './model-facts.js';
import { ToolIds } from './tool-ids.js';

/** What the writers of one request share. */
export class WritingState {
  readonly request: MiddleRequest;
  readonly facts: ModelFacts;
  readonly losses: Losses;
  readonly names = new FittedNames();
  readonly ids = new ToolIds();
  readonly marks = new CacheMarks();

  constructor(request: MiddleRequest) {
    this.request = request;
    this.facts = modelFacts(request.model);
    this.losses = new Losses(request);
  }
}
