import type { WriteStream } from 'node:tty';
import { type Paint, paintFor } from '../../operations/terminal/paint';
import type { PhaseResult } from './report';

/**
 * Live progress: which phase, what is happening, for how many seconds.
 *
 * On a terminal one line is redrawn; in a log each new thing is a line of its own, so that nothing is lost or repeated.
 */
export class Progress {
  private readonly terminal: boolean;
  private readonly paint: Paint;
  private readonly started = Date.now();
  private phaseStarted = Date.now();
  private current = '';
  private closed = false;
  private timer: NodeJS.Timeout | undefined;
  private phaseName = 'start';

  /** @param stream where progress goes: standard error, so that standard output holds the report alone */
  constructor(
    private readonly stream: WriteStream | NodeJS.WritableStream,
    private readonly verbose: boolean,
  ) {
    this.terminal = 'isTTY' in stream && stream.isTTY === true;
    this.paint = paintFor({ isTTY: this.terminal }, process.env);
  }

  begin(phase: string): void {
    this.phaseName = phase;
    this.phaseStarted = Date.now();
    this.current = '';
    if (this.terminal && !this.timer) {
      this.timer = setInterval(() => this.draw(), 200);
      this.timer.unref();
    }
  }

  /** Says what is happening now; the same thing twice is said once. */
  say(what: string): void {
    if (what === this.current) return;
    this.current = what;
    if (this.terminal) this.draw();
    else this.line(`${this.clock()}  ${this.phaseName.padEnd(9)} ${what}`);
  }

  /** A detail that only --verbose shows. */
  detail(what: string): void {
    if (this.verbose) this.line(this.paint('dim', `${this.clock()}  ${this.phaseName.padEnd(9)}   ${what}`));
  }

  end(result: PhaseResult): void {
    const mark = result.ok ? this.paint('green', '✓') : this.paint('red', '✗');
    const seconds = `${result.seconds.toFixed(1)} s`.padStart(7);
    this.line(`${mark} ${this.paint('bold', result.name.padEnd(9))}${seconds}  ${result.happened}`);
  }

  /** Stops redrawing; the last line is cleared. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    if (this.terminal) this.stream.write('\r\x1b[K');
  }

  /** Says nothing more: what ends after a signal is no news. */
  close(): void {
    this.stop();
    this.closed = true;
  }

  line(text: string): void {
    if (this.closed) return;
    this.stream.write(`${this.terminal ? '\r\x1b[K' : ''}${text}\n`);
  }

  private draw(): void {
    if (!this.current || this.closed) return;
    const seconds = `${((Date.now() - this.phaseStarted) / 1000).toFixed(0)} s`.padStart(5);
    const width = ('columns' in this.stream && this.stream.columns) || 100;
    const text = `… ${this.phaseName.padEnd(9)}${seconds}    ${this.current}`.slice(0, width - 1);
    this.stream.write(`\r\x1b[K${text}`);
  }

  private clock(): string {
    return `[${((Date.now() - this.started) / 1000).toFixed(1).padStart(6)} s]`;
  }
}
