import { storeContract } from './contract.js';
import { limitsContract } from './contract-limits.js';
import { localWorker } from './contract-local.js';
import type { ContractSubject } from './contract-subject.js';
import { inProcessStore } from './in-process.js';

const subject: ContractSubject = {
  name: 'in process',
  open: async (config) => {
    const store = inProcessStore(config);
    return { workers: [localWorker(store)], configure: async (next) => store.configure(next), close: () => store.close() };
  },
};

storeContract(subject);
limitsContract(subject);
