/** The answer breaks the rules of HTTP/1.1: its connection must not be used again, nor any byte behind the fault believed. */
export class ResponseFault extends Error {
  override readonly name = 'ResponseFault';
}
