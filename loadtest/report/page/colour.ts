/** Colours of the page's style for a canvas, which does not know `var()` nor `light-dark()`. */

let probe: HTMLElement | undefined;

/** The colour that a custom property has in the theme that is shown now, as `rgb(…)`. */
export function colour(name: string): string {
  probe ??= document.body.appendChild(Object.assign(document.createElement('span'), { hidden: true }));
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

/** The same, to be seen through. */
export function faint(name: string, alpha: number): string {
  return colour(name).replace('rgb(', 'rgba(').replace(')', `, ${alpha})`);
}
