import { storeContract } from './contract.js';
import { localWorker } from './contract-local.js';
import { inProcessStore } from './in-process.js';

storeContract({
  name: 'in process',
  open: async (config) => {
    const store = inProcessStore(config);
    return { workers: [localWorker(store)], configure: async (next) => store.configure(next), close: () => store.close() };
  },
});
