/** Every series of the gateway, declared once: name with its unit, meaning, labels. Labels come from the configuration only. */
import { Counter, Gauge, Histogram } from './series.js';

/** Seconds, from a refused request (a few ms) to an answer that thinks for ten minutes. */
const ANSWER_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 45, 60, 120, 300, 600];
/** Seconds; a store call that takes longer than 0.1 s is given up. */
const STORE_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25];

/** The counters and histograms that requests and attempts fill. */
export function requestSeries() {
  return {
    requests: new Counter({
      name: 'tidegate_requests_total',
      help: 'Client requests that are over, by how they ended.',
      labels: ['route', 'model', 'client', 'status_class', 'outcome'],
    }),
    duration: new Histogram(
      {
        name: 'tidegate_request_duration_seconds',
        help: 'From accept to the last byte sent to the client.',
        labels: ['route', 'model', 'stream'],
      },
      ANSWER_SECONDS,
    ),
    firstToken: new Histogram(
      {
        name: 'tidegate_first_token_seconds',
        help: 'From accept to the first content byte sent to the client.',
        labels: ['route', 'model'],
      },
      ANSWER_SECONDS,
    ),
    attempts: new Counter({
      name: 'tidegate_attempts_total',
      help: 'Tries at a credential, by what came of them.',
      labels: ['upstream', 'credential', 'model', 'outcome'],
    }),
    attemptDuration: new Histogram(
      {
        name: 'tidegate_attempt_duration_seconds',
        help: 'From choosing a credential to the end of the try.',
        labels: ['upstream', 'outcome'],
      },
      ANSWER_SECONDS,
    ),
    sticky: new Counter({
      name: 'tidegate_sticky_attempts_total',
      help: 'Tries whose session was already bound to the credential.',
      labels: ['upstream'],
    }),
    trials: new Counter({
      name: 'tidegate_trial_attempts_total',
      help: 'Tries that found out whether a rested credential is back.',
      labels: ['upstream'],
    }),
    ...usageSeries(),
    limited: new Counter({
      name: 'tidegate_client_limited_total',
      help: 'Requests refused by a limit of their client: rpm, tpm, concurrency, budget, or away while limits could not be checked.',
      labels: ['client', 'limit'],
    }),
    store: new Histogram(
      { name: 'tidegate_store_duration_seconds', help: 'Waiting for the shared state to choose a credential.' },
      STORE_SECONDS,
    ),
  };
}

/** Tokens and dollars. */
function usageSeries() {
  return {
    tokens: new Counter({
      name: 'tidegate_tokens_total',
      help: 'Tokens as the upstream counted them. input holds cached_input and cache_write; output holds reasoning.',
      labels: ['client', 'model', 'upstream', 'kind'],
    }),
    estimated: new Counter({
      name: 'tidegate_estimated_usage_total',
      help: 'Answers whose tokens are a guess in the counts above: they broke off before the upstream had told.',
      labels: ['client', 'model', 'upstream'],
    }),
    cost: new Counter({
      name: 'tidegate_cost_usd_total',
      help: 'US dollars at the configured prices; models without a price cost nothing here.',
      labels: ['client', 'model', 'upstream'],
    }),
    credentialTokens: new Counter({
      name: 'tidegate_credential_tokens_total',
      help: 'The same tokens by the credential that they were used with.',
      labels: ['upstream', 'credential', 'model', 'kind'],
    }),
    credentialCost: new Counter({
      name: 'tidegate_credential_cost_usd_total',
      help: 'The same dollars by the credential that they were spent with.',
      labels: ['upstream', 'credential', 'model'],
    }),
  };
}

/** The series that plain tallies are copied into when somebody asks. */
export function tallySeries() {
  return {
    inFlight: new Gauge({ name: 'tidegate_requests_in_flight', help: 'Requests being served now.' }, 'sum'),
    streams: new Gauge({ name: 'tidegate_streams_in_flight', help: 'Streamed answers being relayed now.' }, 'sum'),
    connections: new Gauge({ name: 'tidegate_client_connections', help: 'Open client connections.' }, 'sum'),
    requests: new Counter({ name: 'tidegate_requests_accepted_total', help: 'Client requests begun.' }),
    chunks: new Counter({ name: 'tidegate_stream_chunks_total', help: 'Pieces of streamed answers written to clients.' }),
    bytesToClients: new Counter({ name: 'tidegate_client_sent_bytes_total', help: 'Bytes of answer bodies written to clients.' }),
    heartbeats: new Counter({
      name: 'tidegate_heartbeats_total',
      help: 'Keep-alive comments sent while an upstream was silent.',
    }),
    bufferedPeak: new Gauge(
      { name: 'tidegate_stream_buffered_peak_bytes', help: 'Most bytes ever held for one stream, over all workers.' },
      'max',
    ),
    retriesDenied: new Counter({ name: 'tidegate_retries_denied_total', help: 'Retries not made because the budget was spent.' }),
    waiting: new Gauge({ name: 'tidegate_requests_waiting', help: 'Requests that wait for a place now.' }, 'sum'),
    shed: new Counter({
      name: 'tidegate_requests_shed_total',
      help: 'Requests refused for want of a place, at once or after waiting.',
    }),
    credentialWaiting: new Gauge(
      { name: 'tidegate_credential_requests_waiting', help: 'Requests that wait for a slot of a credential at its cap now.' },
      'sum',
    ),
    credentialWaits: new Counter({
      name: 'tidegate_credential_waits_total',
      help: 'Requests that found every credential at its cap and waited.',
    }),
    credentialWaitSeconds: new Counter({
      name: 'tidegate_credential_wait_seconds_total',
      help: 'Time that requests have waited for a slot of a credential.',
    }),
    credentialWaitsRefused: new Counter({
      name: 'tidegate_credential_waits_refused_total',
      help: 'Requests refused since too many waited for a slot of a credential, or they themselves for too long.',
    }),
    connectionsRefused: new Counter({
      name: 'tidegate_client_connections_refused_total',
      help: 'Client connections refused because there were too many.',
    }),
    buffered: new Gauge(
      { name: 'tidegate_stream_buffered_bytes', help: 'Bytes of answers held for clients now: to be complete, or to be read.' },
      'sum',
    ),
    storeDegraded: new Gauge(
      {
        name: 'tidegate_store_degraded',
        help: '1 while any worker answers from its own view because the store is slow or gone.',
      },
      'max',
    ),
    storeFallbacks: new Counter({ name: 'tidegate_store_fallbacks_total', help: "Choices answered from the worker's own view." }),
    overflow: new Counter({
      name: 'tidegate_label_overflow_total',
      help: 'Label values outside the configuration, shown as other.',
    }),
  };
}
