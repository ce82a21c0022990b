// biome-ignore-all lint/style/noDefaultExport: the package exports it so.
/** The pool alone, with the types of the package's main entry. */
declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici';
  export default Pool;
}
