/** The options: from command line, environment and file to a `GatewayConfig`. */
export { withDemoUpstream } from './demo.js';
export { type Fault, formatFaults } from './fault.js';
export { type LoadedOptions, loadOptions, type OptionFaults, type OptionsInput, type OptionsResult } from './load.js';
export { reloadOptions } from './reload.js';
