import { randomUUID } from 'node:crypto';
import type { EndpointConfig } from './endpoint-configs';
import { messageOf } from './errors';
import { parseS3Uri, under } from './jobs/s3-uri';
import type { World } from './world';

export interface CaptureSpec {
  readonly config: NonNullable<EndpointConfig['DataCaptureConfig']>;
  readonly endpoint: string;
  readonly variant: string;
  /** Role that writes the files. */
  readonly roleArn: string | undefined;
}

/** A request and its answer. */
export interface Exchange {
  readonly inferenceId: string | undefined;
  readonly customAttributes: string | undefined;
  readonly input: { readonly contentType: string; readonly body: Buffer };
  readonly output: { readonly contentType: string; readonly body: Buffer };
}

/** Records that fill a file at once; fewer wait for the timer. */
const FILE_RECORDS = 500;
const FILE_MS = 1000;

/**
 * Data capture of one variant: JSON Lines under `<destination>/<endpoint>/<variant>/yyyy/mm/dd/hh/`.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
 */
export class Capture {
  private lines: string[] = [];
  /** Hour folder that `lines` belong to. */
  private hour = '';
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly world: World,
    private readonly spec: CaptureSpec,
  ) {}

  record(exchange: Exchange): void {
    if (Math.random() * 100 >= this.spec.config.InitialSamplingPercentage) return;
    const now = new Date();
    const hour = now.toISOString().slice(0, 13).replace(/[-T]/g, '/');
    if (hour !== this.hour) this.write();
    this.hour = hour;
    this.lines.push(JSON.stringify(this.line(exchange, now)));
    if (this.lines.length >= FILE_RECORDS) this.write();
    else this.timer ??= setTimeout(() => this.write(), FILE_MS);
  }

  /** Writes what waits, and waits until it is written. */
  async flush(): Promise<void> {
    this.write();
    await this.writing;
  }

  close(): Promise<void> {
    return this.flush();
  }

  private line({ inferenceId, customAttributes, input, output }: Exchange, now: Date): object {
    const modes = this.spec.config.CaptureOptions.map(({ CaptureMode }) => CaptureMode);
    const wanted = (mode: 'Input' | 'Output') =>
      modes.some((one) => one === mode || one === 'InputAndOutput');
    return {
      captureData: {
        ...(wanted('Input') && { endpointInput: this.side('INPUT', input) }),
        ...(wanted('Output') && { endpointOutput: this.side('OUTPUT', output) }),
      },
      eventMetadata: {
        eventId: randomUUID(),
        ...(customAttributes && { customAttributes: [customAttributes] }),
        ...(inferenceId && { inferenceId }),
        inferenceTime: `${now.toISOString().slice(0, 19)}Z`,
      },
      eventVersion: '0',
    };
  }

  /** Only content types that the config names are kept as text; the default is base64, also for JSON. */
  private side(mode: string, { contentType, body }: Exchange['input']): object {
    const { CsvContentTypes = [], JsonContentTypes = [] } = this.spec.config.CaptureContentTypeHeader ?? {};
    const type = contentType.split(';')[0]?.trim() ?? '';
    const encoding = JsonContentTypes.includes(type)
      ? 'JSON'
      : CsvContentTypes.includes(type)
        ? 'CSV'
        : 'BASE64';
    const data = body.toString(encoding === 'BASE64' ? 'base64' : 'utf8');
    return { observedContentType: contentType, mode, data, encoding };
  }

  private write(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { lines, hour } = this;
    if (lines.length === 0) return;
    this.lines = [];
    const { config, endpoint, variant, roleArn } = this.spec;
    const { bucket, key } = parseS3Uri(config.DestinationS3Uri);
    const stamp = new Date().toISOString().slice(14, 23).replace(/[:.]/g, '-');
    const file = under(key, `${endpoint}/${variant}/${hour}/${stamp}-${randomUUID()}.jsonl`);
    this.writing = this.writing.then(async () => {
      try {
        const store = await this.world.options.store(roleArn);
        await store.put(bucket, file, `${lines.join('\n')}\n`, config.KmsKeyId);
      } catch (error) {
        // As on AWS, a failed capture fails no request; it is only said.
        this.world.options.log(
          `endpoint ${endpoint}: ${lines.length} captured records are lost: ${messageOf(error)}`,
        );
      }
    });
  }
}
