/** A request that the real provider would refuse, with what it would say. */
export class RequestFault extends Error {
  readonly status: number;
  /** The field at fault as the provider writes it: `messages[0].content`, `messages.0.content`. */
  readonly param: string | null;
  readonly code: string | null;

  constructor(param: string | null, why: string, { status = 400, code = null as string | null } = {}) {
    super(why);
    this.param = param;
    this.status = status;
    this.code = code;
  }
}
