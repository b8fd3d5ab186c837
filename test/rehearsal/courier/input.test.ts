import { type AwsEvent, enveloped } from '../../../rehearsal/courier/event';
import { targetInput } from '../../../rehearsal/courier/input';
import { atPath } from '../../../rehearsal/courier/json-path';

const rule = { name: 'approved', arn: 'arn:aws:events:eu-west-1:111122223333:rule/approved' };
const event: AwsEvent = {
  version: '0',
  id: '1',
  'detail-type': 'SageMaker Model Package State Change',
  source: 'aws.sagemaker',
  account: '111122223333',
  time: '2026-11-21T10:00:00Z',
  region: 'eu-west-1',
  resources: ['arn:a', 'arn:b'],
  detail: { ModelPackageVersion: 3, Note: 'said "yes"\\no', Fields: ['ModelApprovalStatus'] },
};

test('a target without settings gets the whole event', () => {
  expect(JSON.parse(targetInput({}, event, rule))).toEqual(event);
});

test('a constant input is passed on as it is', () => {
  expect(targetInput({ Input: '{"reason":"drift"}' }, event, rule)).toBe('{"reason":"drift"}');
});

test('an input path gives a part of the event, and null for what is not there', () => {
  expect(targetInput({ InputPath: '$.detail.Fields' }, event, rule)).toBe('["ModelApprovalStatus"]');
  expect(targetInput({ InputPath: '$.detail.Nothing' }, event, rule)).toBe('null');
});

test.each([
  ['a number and a text, as JSON', '{"v":<v>,"note":<note>}', { v: 3, note: 'said "yes"\\no' }],
  ['a text inside a text, escaped', '{"line":"version <v>: <note>"}', { line: 'version 3: said "yes"\\no' }],
  ['a list inside a text', '{"line":"<fields>"}', { line: '["ModelApprovalStatus"]' }],
  [
    'a part in brackets',
    '{"type":<type>,"second":<second>}',
    { type: event['detail-type'], second: 'arn:b' },
  ],
  [
    'EventBridge’s own variables',
    '{"rule":<aws.events.rule-name>,"e":<aws.events.event.json>}',
    { rule: 'approved', e: event },
  ],
  ['no variable, but a sign that looks like one', '{"a":"1 < 2 <b>"}', { a: '1 < 2 <b>' }],
])('a template is filled with %s', (_, InputTemplate, expected) => {
  expect(JSON.parse(targetInput({ InputTransformer: transformer(InputTemplate) }, event, rule))).toEqual(
    expected,
  );
});

test('fails when the event lacks a value and the template is no JSON without it', () => {
  const input = { InputTransformer: transformer('{"x":<absent>}') };
  expect(() => targetInput(input, event, rule)).toThrow(
    'the input transformer\'s result is not JSON: {"x":}',
  );
  const quoted = { InputTransformer: transformer('{"x":"<absent>"}') };
  expect(targetInput(quoted, event, rule)).toBe('{"x":""}');
});

test('fails on a path EventBridge does not take', () => {
  expect(() => atPath(event, '$.resources[*]')).toThrow('is not a plain path');
  expect(() => atPath(event, 'detail')).toThrow('does not begin with $');
});

test('an announcement gets EventBridge’s envelope', () => {
  const where = { account: '111122223333', region: 'eu-west-1' };
  const made = enveloped({ source: 'aws.sagemaker', 'detail-type': 'X', resources: [], detail: {} }, where);
  expect(made).toMatchObject({ version: '0', source: 'aws.sagemaker', 'detail-type': 'X', ...where });
  expect(made.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

function transformer(InputTemplate: string) {
  const InputPathsMap = {
    v: '$.detail.ModelPackageVersion',
    note: '$.detail.Note',
    fields: '$.detail.Fields',
    type: "$['detail-type']",
    second: '$.resources[1]',
    absent: '$.detail.Absent',
  };
  return { InputPathsMap, InputTemplate };
}
