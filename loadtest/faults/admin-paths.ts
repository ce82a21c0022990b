/** What the admin port shows of a gateway, in plain words: whoever may not see it must not see any of it, and no secret may stand in it. */
export const ADMIN_VIEWS = [
  '/metrics',
  '/api/workers',
  '/api/credentials',
  '/api/sessions',
  '/api/usage',
  '/api/attempts',
  '/api/config',
] as const;

/** The dashboard's stream, which does not end. */
export const ADMIN_EVENTS = '/api/events';
