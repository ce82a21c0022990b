/** What the gateway under load is told. */
export interface GatewayWish {
  /** Origin of the mock. */
  mockUrl: string;
  /** Number of credentials it takes turns over. */
  credentials: number;
  /** The one key that clients may use. */
  clientKey: string;
  /** Top-level sections added to the file, or put in place of what would stand there. */
  config?: Readonly<Record<string, unknown>>;
}

/** Beginning of every made-up upstream credential: `sk-load-1` and so on. */
export const CREDENTIAL_PREFIX = 'sk-load-';

/**
 * One upstream, the mock, with generated credentials; every model goes there, and clients need a key,
 * as a gateway without that check would be measured without a part of its work. JSON is YAML.
 */
export function gatewayConfig({ mockUrl, credentials, clientKey, config }: GatewayWish): string {
  return JSON.stringify({
    server: { host: '127.0.0.1', port: 0 },
    admin: { host: '127.0.0.1', port: 0 },
    clients: [{ name: 'loadtest', key: clientKey }],
    upstreams: [
      {
        ...{ name: 'mock', protocol: 'openai', baseUrl: mockUrl },
        credentials: [{ generate: credentials, prefix: CREDENTIAL_PREFIX }],
      },
    ],
    models: [{ name: '*', targets: [{ upstream: 'mock' }] }],
    ...config,
  });
}
