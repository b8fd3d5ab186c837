import { type Paint, paintFor } from '../../operations/terminal/paint';
import type { Stream } from '../../operations/terminal/terminal';

/**
 * Says what a step prints while it runs: on a terminal one line that changes, with the step's seconds; in a log each line
 * as it comes.
 */
export class Narrator {
  private readonly paint: Paint;
  private step = '';
  private text = '';
  private started = Date.now();
  private timer: NodeJS.Timeout | undefined;

  /** @param stream standard error, so that the answer can be piped */
  constructor(
    private readonly stream: Stream,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.paint = paintFor(stream, env);
  }

  line(step: string, text: string): void {
    if (step !== this.step) {
      this.close();
      this.step = step;
      this.started = Date.now();
    }
    this.text = text;
    if (!this.stream.isTTY) {
      this.stream.write(`${step.padEnd(10)} ${text}\n`);
      return;
    }
    this.timer ??= setInterval(() => this.draw(), 200).unref();
    this.draw();
  }

  /** Ends the line that changes. */
  stop(): void {
    this.close();
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Leaves the last thing that a step said standing. */
  private close(): void {
    if (!this.stream.isTTY || !this.step) return;
    this.draw();
    this.stream.write('\n');
    this.step = '';
  }

  private draw(): void {
    const seconds = `${((Date.now() - this.started) / 1000).toFixed(0)} s`.padStart(6);
    const width = this.stream.columns ?? 100;
    const head = `${this.step.padEnd(10)}${seconds}  `;
    const room = Math.max(20, width - head.length - 1);
    this.stream.write(`\r\x1b[K${this.paint('bold', head)}${this.text.slice(0, room)}`);
  }
}
