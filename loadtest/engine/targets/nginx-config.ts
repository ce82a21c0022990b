/** nginx as the plainest relay: one worker, connections kept to the upstream, nothing buffered. Pure. */

export interface NginxWish {
  port: number;
  /** Origin of the mock. */
  mockUrl: string;
  /** Bearer key put on in place of the client's. */
  credential: string;
  /** For its temporary files. */
  folder: string;
}

/** Answers 200 when it serves. */
export const NGINX_READY = '/nginx-ready';

export function nginxConfig({ port, mockUrl, credential, folder }: NginxWish): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return [
    'worker_processes 1; daemon off; pid nginx.pid; error_log stderr warn;',
    'events { worker_connections 16384; }',
    'http {',
    '  access_log off; keepalive_requests 1000000; client_max_body_size 32m;',
    ...temporary.map((name) => `  ${name}_temp_path ${folder}/${name};`),
    `  upstream mock { server ${new URL(mockUrl).host}; keepalive 2048; keepalive_requests 1000000; }`,
    '  server {',
    `    listen 127.0.0.1:${port} backlog=4096;`,
    `    location = ${NGINX_READY} { return 200; }`,
    '    location / {',
    '      proxy_pass http://mock; proxy_http_version 1.1; proxy_buffering off; proxy_read_timeout 300s;',
    `      proxy_set_header Connection ""; proxy_set_header Authorization "Bearer ${credential}";`,
    '    }',
    '  }',
    '}',
    '',
  ].join('\n');
}
