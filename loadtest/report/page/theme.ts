/** The theme switch: automatic, light or dark; remembered where the browser lets a file remember. */

const KEY = 'tidegate-theme';

/** Shows the switch and calls `changed` whenever colours are other ones. */
export function followTheme(changed: () => void): void {
  const fieldset = document.querySelector<HTMLElement>('#theme');
  if (!fieldset) return;
  fieldset.hidden = false;
  const buttons = [...fieldset.querySelectorAll<HTMLButtonElement>('button')];
  const mark = (): void => {
    const now = document.documentElement.dataset['theme'] ?? 'auto';
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset['themeChoice'] === now));
  };
  for (const button of buttons)
    button.addEventListener('click', () => {
      choose(button.dataset['themeChoice'] ?? 'auto');
      mark();
      changed();
    });
  mark();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
}

function choose(theme: string): void {
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing for files: the choice holds until the page is closed.
  }
}
