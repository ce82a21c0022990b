import { test } from 'tap';
import { Display, type DisplaySettings } from './display.js';
import { progressBar } from './report/progress-bar.js';
import { sampleRun } from './report/testing.js';

/** A display whose output is kept, with a clock that stands until it is set. */
function display(change: Partial<DisplaySettings> = {}) {
  const clock = { at: 0 };
  const written: string[] = [];
  const settings = { isTerminal: false, columns: 80, color: false, quiet: false, now: () => clock.at };
  const shown = new Display({ ...settings, write: (text) => written.push(text), ...change });
  return { shown, clock, written, text: () => written.join('') };
}

const { samples } = sampleRun('cluster ×4', { seconds: 30 });

test('where nobody watches there is a line each ten seconds and no control code', async (t) => {
  const { shown, text } = display();
  for (const sample of samples) shown.show(sample, 1000);
  const lines = text().trimEnd().split('\n');
  t.equal(lines.length, 6, 'of 55 seconds');
  t.notMatch(text(), /[\u0000-\u0009\u000b-\u001f]/);
});

test('progress alone is a line each ten seconds too, and none right after a line of a run', async (t) => {
  const { shown, clock, written } = display();
  shown.restart();
  for (let second = 0; second <= 30; second++) {
    clock.at = second * 1000;
    shown.progress(second / 30);
  }
  t.strictSame(written, ['  33 %\n', '  66 %\n', '  100 %\n']);
  clock.at = 40_000;
  shown.show(samples[20]!, 1000);
  clock.at = 41_000;
  shown.progress(0.5);
  t.equal(written.length, 4);
});

test('on a terminal one line is rewritten, with the bar before it, and never wider than the terminal', async (t) => {
  const { shown, written } = display({ isTerminal: true, columns: 50 });
  shown.show(samples[20]!, 1000);
  shown.progress(0.5);
  shown.show(samples[21]!, 1000);
  t.ok(written.every((text) => text.startsWith('\r\u001b[2K')));
  t.match(written.at(-1), /████████░░░░░░░░ {2}50 % .*…$/);
  t.ok(written.every((text) => text.slice(5).length < 50));
});

test('a bar fills in eighths and stays within its columns', async (t) => {
  t.equal(progressBar(0, 4), '░░░░   0 %');
  t.equal(progressBar(0.5, 4), '██░░  50 %');
  t.equal(progressBar(0.53125, 4), '██▏░  53 %');
  t.equal(progressBar(1, 4), '████ 100 %');
  t.equal(progressBar(7, 4), '████ 100 %');
  t.equal(progressBar(Number.NaN, 4), '░░░░   0 %');
});

test('what a program says cannot steer the terminal', async (t) => {
  const { shown, text } = display();
  shown.say('evil \u001b[2J\u202eword');
  t.equal(text(), 'evil  [2J word\n');
});
