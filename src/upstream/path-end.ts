/** A path without the slashes at its end. By hand: `/\/+$/` takes the square of the length of slashes that something follows. */
export function withoutEndSlashes(path: string): string {
  let end = path.length;
  while (path.charCodeAt(end - 1) === SLASH) end--;
  return path.slice(0, end);
}

const SLASH = 47;
