import { upstreamContract } from './contract.js';
import { createUpstream } from './index.js';

for (const transport of ['socket', 'undici'] as const)
  upstreamContract(transport, (origin) => createUpstream(origin, transport, { connectTimeout: 10_000 }));
