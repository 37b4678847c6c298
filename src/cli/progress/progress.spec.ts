import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { BarProgress } from './bar-progress.js';
import { LineProgress } from './line-progress.js';

class Lines {
  readonly terminal = null;
  readonly colours = false;
  text = '';
  async write(text: string): Promise<void> {
    this.text += text;
  }
}

describe('progress in a log', () => {
  test('is a line when a stage begins and ends', () => {
    const lines = new Lines();
    const progress = new LineProgress(lines);
    const reading = progress.stage('read acme', null);
    const judging = progress.stage('evaluate', 3);
    reading.advance(4);
    reading.done('4 pages');
    judging.done();
    progress.line('a note\u001b[2J');
    progress.stop();
    expect(lines.text).toBe('read acme\nevaluate\nread acme: done, 4 pages\nevaluate: done\na note\\u001b[2J\n');
  });

  test('says now and then how far a long stage is', () => {
    const lines = new Lines();
    let clock = 0;
    const stage = new LineProgress(lines, () => clock).stage('read', 10);
    stage.advance(1);
    clock = 5000;
    stage.advance(1);
    clock = 6000;
    stage.advance(1);
    clock = 11_000;
    stage.advance(1, 20);
    expect(lines.text).toBe('read\nread: 2 of 10\nread: 4 of 20\n');
  });

  test('goes on when nobody reads it', () => {
    const progress = new LineProgress({
      terminal: null,
      colours: false,
      write: () => Promise.reject(new Error('full')),
    });
    expect(() => progress.stage('read', null).done()).not.toThrow();
  });
});

/** What cli-progress asks of a terminal. */
class FakeTerminal extends PassThrough {
  readonly isTTY = true;
  readonly columns = 100;
  readonly rows = 30;
  text = '';

  constructor() {
    super();
    this.on('data', (chunk: Buffer) => {
      this.text += chunk.toString();
    });
  }
}

describe('progress on a terminal', () => {
  test('shows bars while stages run, keeps a line of each, and gives the cursor back', async () => {
    const terminal = new FakeTerminal();
    const progress = new BarProgress(terminal);
    const reading = progress.stage('read acme\u001b[2J', null);
    const judging = progress.stage('evaluate', 4);
    reading.advance(7);
    judging.advance(2);
    await wait(250);
    expect(terminal.text).toContain('2 of 4');
    reading.done('7 pages');
    judging.advance(2, 5);
    judging.done();
    progress.line('a note');
    progress.stop();
    await wait(20);
    const shown = stripVTControlCharacters(terminal.text);
    expect(shown).toContain('7 pages');
    expect(shown).toMatch(/evaluate +4\n/);
    expect(shown).toContain('a note\n');
    expect(terminal.text).not.toContain('\u001b[2J');
    expect(terminal.text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(terminal.text.lastIndexOf('\u001b[?25l'));
  });

  test('a line before any stage is shown too, and nothing runs on after the end', async () => {
    const terminal = new FakeTerminal();
    const progress = new BarProgress(terminal);
    progress.line('the data lies elsewhere');
    progress.stop();
    await wait(20);
    const before = terminal.text;
    expect(before).toContain('the data lies elsewhere');
    await wait(250);
    expect(terminal.text).toBe(before);
  });
});
