/** `[[tools 2]] [[thinking]]` in the last user text: what the scripted model is to do. */
export class Directives {
  private readonly given = new Map<string, string>();

  constructor(text: string) {
    for (const [, inside = ''] of text.matchAll(/\[\[([^\]]{1,200})\]\]/g)) {
      const [name = '', ...rest] = inside.trim().split(/\s+/);
      this.given.set(name, rest.join(' '));
    }
  }

  get none(): boolean {
    return this.given.size === 0;
  }

  has(name: string, argument?: string): boolean {
    const given = this.given.get(name);
    return given !== undefined && (argument === undefined || given === argument);
  }

  argument(name: string): string | undefined {
    return this.given.get(name);
  }
}
