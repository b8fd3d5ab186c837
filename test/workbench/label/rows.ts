import type { Answer, Answered } from '../../../workbench/label/captured';

/** Columns of the project that these tests label for. */
export const COLUMNS = { fields: ['subject', 'body'], targets: ['topic', 'mood'] };

/** An answer that was sure enough. */
export const sure = (value: string, confidence = 0.97): Answer => ({ value, confidence, abstained: false });

/** An answer that was not. */
export const unsure = (value: string, confidence = 0.4): Answer => ({ value, confidence, abstained: true });

/** An answered row whose body is `text`; sure of everything but what is said otherwise. */
export function answered(id: string, text: string, answer: Readonly<Record<string, Answer>> = {}): Answered {
  return {
    id,
    at: '2026-11-21T10:00:00Z',
    modelVersion: 3,
    row: { subject: 'hello', body: text },
    answer: { topic: sure('billing'), mood: sure('good'), ...answer },
  };
}

/** A line as SageMaker captures it. */
export function capturedLine(id: string, request: object, reply: object, base64 = false): string {
  const side = (body: object) =>
    base64
      ? { data: Buffer.from(JSON.stringify(body)).toString('base64'), encoding: 'BASE64' }
      : { data: JSON.stringify(body), encoding: 'JSON' };
  return JSON.stringify({
    captureData: { endpointInput: side(request), endpointOutput: side(reply) },
    eventMetadata: {
      eventId: `event-of-${id}`,
      inferenceId: id,
      inferenceTime: '2026-11-21T10:00:00Z',
    },
    eventVersion: '0',
  });
}

/** A line of ground truth, as lambda/record-feedback writes it. */
export const truthLine = (id: string, values: object): string =>
  JSON.stringify({
    groundTruthData: { data: JSON.stringify(values), encoding: 'JSON' },
    eventMetadata: { eventId: id },
    eventVersion: '0',
  });
