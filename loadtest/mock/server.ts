import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { answerChat, later, type Stage } from './answer.js';
import { BodyCutShort, BodyTooLarge, readBody } from './body.js';
import { type ChatRequest, keyOf, readChatRequest } from './chat-request.js';
import { answerControl, sendJson } from './control.js';
import type { ErrorWords, MockDialect } from './dialect.js';
import { API_NAMES, DIALECTS, ENDPOINTS, type Endpoint } from './dialects.js';
import { embeddingsBody } from './embeddings.js';
import { answerFault } from './fault-answers.js';
import { parseFault } from './faults.js';
import { Histogram } from './histogram.js';
import type { Ledger, ProcessGauges } from './ledger.js';
import { type Behaviour, parseModelName, unknownModelText } from './model-name.js';
import { modelList } from './models.js';
import type { MockOptions } from './options.js';
import { PromptCache } from './prompt-cache.js';
import { Reply } from './reply.js';
import { familyOf } from './script/family.js';
import { answerScript } from './script/serve.js';
import { TimerWheel } from './wheel.js';

const ALLOWED: Record<string, string> = {
  '/v1/models': 'GET',
  '/health': 'GET',
  '/metrics': 'GET',
  '/_mock/stats': 'GET',
  '/_mock/requests': 'GET',
  '/_mock/reset': 'POST',
  '/_mock/faults': 'GET, POST, DELETE',
};
/** The scripted model is told by the request itself what to do. */
const HEALTHY: Behaviour = { pace: { kind: 'instant' }, stamps: false, marks: false };
const CONTROL_BODY_LIMIT = 64 * 1024;
/** Longer than any gateway keeps an idle connection, so that the mock is never the one that closes first. */
const KEEP_ALIVE_MS = 120_000;
const BACKLOG = 8192;

/** One serving process: routes, the streams it plays and their wheel. The books are elsewhere (`ledger`). */
export class MockServer {
  private readonly http: Server;
  private readonly ledger: Ledger;
  private readonly stage: Stage;
  private readonly replies = new Set<Reply>();
  /** Paths that this upstream is to lack. */
  private readonly missing: ReadonlySet<string>;
  private stopping = false;

  constructor(options: MockOptions, ledger: Ledger) {
    this.ledger = ledger;
    this.stage = { options, wheel: new TimerWheel(), lateness: new Histogram(), promptCache: new PromptCache() };
    this.missing = new Set(options.without.flatMap((name) => API_NAMES[name] ?? []));
    this.http = makeServer(options, (request, response) => {
      this.route(request, response).catch(() => response.destroy());
    });
    this.http.on('clientError', (_error, socket) => socket.destroy());
  }

  /** Starts to listen; gives the port. */
  listen(): Promise<number> {
    const { host, port } = this.stage.options;
    return new Promise((resolve, reject) => {
      this.http.once('error', reject);
      this.http.listen({ host, port, backlog: BACKLOG }, () => resolve((this.http.address() as AddressInfo).port));
    });
  }

  gauges(): ProcessGauges {
    const replies = [...this.replies];
    return {
      processId: process.pid,
      eventsInFlight: replies.reduce((sum, reply) => sum + reply.events, 0),
      doneInFlight: replies.reduce((sum, reply) => sum + reply.doneMarkers, 0),
      lateness: this.stage.lateness.toPairs(),
      residentBytes: process.memoryUsage.rss(),
    };
  }

  /** Forgets lateness, and the events so far of streams under way: they are left out of the books when they end. */
  clearGauges(): void {
    this.stage.lateness.clear();
    this.replies.clear();
  }

  /** No new connections; streams under way finish, for so long at most. */
  async stop(drainSeconds = this.stage.options.drainSeconds): Promise<void> {
    this.stopping = true;
    const closed = new Promise((resolve) => this.http.close(resolve));
    this.http.closeIdleConnections();
    const bound = setTimeout(() => this.http.closeAllConnections(), drainSeconds * 1000);
    await closed;
    clearTimeout(bound);
    this.stage.wheel.stop();
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.stopping) response.setHeader('connection', 'close');
    const url = new URL(request.url ?? '/', 'http://mock');
    const { pathname } = url;
    const endpoint = this.missing.has(pathname) ? undefined : ENDPOINTS[pathname];
    if (endpoint) {
      if (request.method === 'POST') return this.complete(request, response, pathname, endpoint);
      return this.refuseMethod(response, 'POST');
    }
    if (request.method === 'GET' && pathname === '/v1/models')
      return sendJson(response, 200, modelList(request.headers['anthropic-version'] !== undefined));
    const control = () => readBody(request, CONTROL_BODY_LIMIT).then((body) => parseJson(body));
    if (await answerControl(this.ledger, request, response, url, control)) return;
    const allowed = ALLOWED[pathname];
    if (allowed !== undefined) return this.refuseMethod(response, allowed);
    this.turnAway(response, 404, `Unknown request URL: ${request.method} ${pathname}.`, 'unknown_url');
  }

  private async complete(request: IncomingMessage, response: ServerResponse, path: string, endpoint: Endpoint): Promise<void> {
    const { dialect, kind } = endpoint;
    const body = await this.readRequestBody(request, response, dialect);
    if (body === undefined) return;
    const chat = readChatRequest(parseJson(body), request);
    if (chat === undefined)
      return this.turnAway(
        response,
        400,
        'We could not parse the JSON body of your request, or it names no model.',
        null,
        dialect,
      );
    const scripted = familyOf(chat.model) !== undefined;
    const behaviour = scripted ? HEALTHY : parseModelName(chat.model, this.stage.options.profile);
    if (behaviour === undefined) return this.turnAway(response, 404, unknownModelText(chat.model), 'model_not_found', dialect);
    const reply = await this.admit(request, response, path, body.length, chat, behaviour.pace.kind === 'round', dialect);
    if (reply === undefined || reply.over) return;
    if (kind === 'embeddings') this.embed(reply, chat, behaviour);
    else if (scripted) answerScript(reply, chat, kind);
    else if (kind === 'count') reply.sendJson(200, JSON.stringify({ input_tokens: chat.promptTokens }), 'completed');
    else answerChat(this.stage, reply, chat, behaviour);
  }

  private async admit(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    bodyBytes: number,
    chat: ChatRequest,
    drawsRound: boolean,
    dialect: MockDialect,
  ): Promise<Reply | undefined> {
    const { model, session, stream } = chat;
    const { rawHeaders, method = '' } = request;
    const asked = this.ledger.admit({
      method,
      path,
      rawHeaders,
      bodyBytes,
      model,
      key: keyOf(request),
      session,
      stream,
      drawsRound,
    });
    const grant = asked instanceof Promise ? await asked : asked;
    if (!grant.admitted) {
      response.setHeader('retry-after', '1');
      sendError(response, dialect, 503, {
        message: 'The mock serves as many requests as it may; try again later.',
        type: 'server_error',
        code: 'overloaded',
      });
      return undefined;
    }
    const reply = new Reply(request, response, grant, this.ledger, dialect);
    this.replies.add(reply);
    reply.whenSettled = () => {
      this.replies.delete(reply);
      if (this.stopping) setImmediate(() => this.http.closeIdleConnections());
    };
    return reply;
  }

  private async readRequestBody(
    request: IncomingMessage,
    response: ServerResponse,
    dialect: MockDialect,
  ): Promise<Buffer | undefined> {
    try {
      return await readBody(request, this.stage.options.bodyLimit);
    } catch (error) {
      if (error instanceof BodyTooLarge)
        this.turnAway(
          response,
          413,
          `The body is larger than ${this.stage.options.bodyLimit} bytes.`,
          'request_too_large',
          dialect,
        );
      else if (!(error instanceof BodyCutShort)) throw error;
      return undefined;
    }
  }

  private embed(reply: Reply, chat: ChatRequest, behaviour: Behaviour): void {
    const json = embeddingsBody(chat.body);
    if (json === undefined)
      return reply.sendError(400, {
        message: "'input' is missing or not valid.",
        type: 'invalid_request_error',
        code: null,
        param: 'input',
      });
    const fault = reply.grant.fault === undefined ? behaviour.fault : parseFault(reply.grant.fault);
    if (fault && answerFault(reply, fault, { json, sse: '', stream: false })) return;
    const wait = fault?.name === 'slow-headers' ? (fault.numbers[0] ?? 0) : 0;
    later(this.stage, reply, wait, () => reply.sendJson(200, json, 'completed'));
  }

  private refuseMethod(response: ServerResponse, allowed: string): void {
    response.setHeader('allow', allowed);
    this.turnAway(response, 405, `Not allowed; use ${allowed}.`, 'method_not_allowed');
  }

  private turnAway(
    response: ServerResponse,
    status: number,
    message: string,
    code: string | null,
    dialect = DIALECTS.chat,
  ): void {
    this.ledger.turnAway(status);
    sendError(response, dialect, status, { message, type: 'invalid_request_error', code });
  }
}

function makeServer({ tlsCert, tlsKey }: MockOptions, listener: RequestListener): Server {
  const settings = { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 300_000 };
  if (tlsCert === '') return createServer(settings, listener);
  return createTlsServer({ ...settings, cert: readFileSync(tlsCert), key: readFileSync(tlsKey) }, listener);
}

function sendError(response: ServerResponse, dialect: MockDialect, status: number, words: ErrorWords): void {
  const body = dialect.errorBody(status, words, 'req_mock_0');
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
