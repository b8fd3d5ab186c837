import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import {
  DescribePipelineExecutionCommand,
  ListPipelineExecutionStepsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { mockClient } from 'aws-sdk-client-mock';
import { parseEvent } from '../../../lambda/start-training/event';
import { Failed } from '../../../operations/delivery/delivery';
import { train } from '../../../operations/delivery/train';
import { fakeBuckets } from '../../lambda/start-training/fake-buckets';
import { testDelivery } from './delivery-of-a-test';

const EXECUTION = 'arn:aws:sagemaker:eu-west-1:111122223333:pipeline/mail-dev/execution/abcdefghijkl';
const EVALUATION = 'mail-dev-artifacts-111122223333-eu-west-1/runs/abcdefghijkl/evaluation/evaluation.json';

const { delivery, said, projects, environment } = testDelivery();
const { objects } = fakeBuckets();
const lambda = mockClient(LambdaClient);
const sagemaker = mockClient(SageMakerClient);
const clients = {
  s3: new S3Client({ region: 'eu-west-1' }),
  lambda: new LambdaClient({ region: 'eu-west-1' }),
  sagemaker: new SageMakerClient({ region: 'eu-west-1' }),
};
afterAll(() => projects.remove());

const answers = (result: object) =>
  lambda.on(InvokeCommand).resolves({ Payload: Buffer.from(JSON.stringify(result)) as never });

/** What the start function was asked, as it would read it. */
function asked() {
  const { FunctionName, Payload } = lambda.commandCalls(InvokeCommand)[0]?.args[0].input ?? {};
  expect(FunctionName).toBe('mail-dev-start-training');
  return parseEvent(JSON.parse(Buffer.from((Payload ?? '') as string).toString()));
}

const registered = {
  StepName: 'Register',
  StepStatus: 'Succeeded' as const,
  Metadata: {
    RegisterModel: { Arn: 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/mail-dev/7' },
  },
};

beforeEach(() => {
  objects.clear();
  lambda.reset();
  sagemaker.reset();
  said.length = 0;
  answers({ outcome: 'started', note: `merge started ${EXECUTION}`, executionArn: EXECUTION });
  objects.set(
    EVALUATION,
    JSON.stringify({ gate: { passed: true, sentence: 'passed: macro_f1 of topic 0.93 reaches 0.85' } }),
  );
  sagemaker.on(DescribePipelineExecutionCommand).resolves({ PipelineExecutionStatus: 'Succeeded' });
  sagemaker.on(ListPipelineExecutionStepsCommand).resolves({ PipelineExecutionSteps: [registered] });
});

test('the start function gets code, data, commit and author, in the form that it takes', async () => {
  await train(delivery, environment('dev'), clients);

  const event = asked();
  expect(event).toMatchObject({
    reason: 'merge',
    commit: '0123456789abcdef0123456789abcdef01234567',
    author: 'jane@example.com',
  });
  if (event.reason !== 'merge') throw new Error('no merge');
  const keys = [...objects.keys()];
  expect(keys).toContainEqual(expect.stringMatching(`/code/${event.code}/train.py$`));
  expect(keys).toContainEqual(expect.stringMatching(`/${event.data}emails.csv$`));
});

test('weights that nobody staged are asked for before anything is started', async () => {
  const dev = environment('dev');
  const embedding = { ...dev, settings: { ...dev.settings, learner: 'embedding' } };

  await expect(train(delivery, embedding, clients)).rejects.toThrow(
    /are not in s3:\/\/mail-dev-artifacts-111122223333-eu-west-1\/weights\/[0-9a-f]{64}\/, and learner embedding starts from them · stage them once, then try the stage again: npm run weights -- mail --environment dev/,
  );
  expect(lambda.commandCalls(InvokeCommand)).toEqual([]);
  expect([...objects.keys()]).toEqual([EVALUATION]);
});

test('the log ends with the gate’s sentence and what to do with the model', async () => {
  expect(await train(delivery, environment('dev'), clients)).toBe(
    'version 7 of mail in dev: passed: macro_f1 of topic 0.93 reaches 0.85; ' +
      'somebody other than the author decides: npm run approve -- mail 7 --environment dev',
  );
});

test('while it waits it says which step runs, each once', async () => {
  const running = (StepName: string) => ({
    PipelineExecutionSteps: [{ StepName, StepStatus: 'Executing' as const }],
  });
  sagemaker
    .on(DescribePipelineExecutionCommand)
    .resolvesOnce({ PipelineExecutionStatus: 'Executing' })
    .resolvesOnce({ PipelineExecutionStatus: 'Executing' })
    .resolvesOnce({ PipelineExecutionStatus: 'Executing' })
    .resolves({ PipelineExecutionStatus: 'Succeeded' });
  sagemaker
    .on(ListPipelineExecutionStepsCommand)
    .resolvesOnce(running('Preprocess'))
    .resolvesOnce(running('Preprocess'))
    .resolvesOnce(running('Train'))
    .resolves({ PipelineExecutionSteps: [registered] });

  await train(delivery, environment('dev'), clients);

  expect(said.filter((line) => /^(Preprocess|Train) \(/.test(line))).toEqual([
    'Preprocess (0 s)',
    'Train (0 s)',
  ]);
});

test('a refusal by the gate fails the step with the gate’s sentence', async () => {
  sagemaker.on(DescribePipelineExecutionCommand).resolves({ PipelineExecutionStatus: 'Failed' });
  sagemaker.on(ListPipelineExecutionStepsCommand).resolves({
    PipelineExecutionSteps: [
      {
        StepName: 'Refused',
        StepStatus: 'Failed',
        FailureReason: 'The gate refused: macro_f1 of topic 0.71 does not reach 0.85',
      },
    ],
  });

  const refused = train(delivery, environment('dev'), clients);

  await expect(refused).rejects.toThrow(Failed);
  await expect(refused).rejects.toThrow(
    `The gate refused: macro_f1 of topic 0.71 does not reach 0.85 (step Refused of ${EXECUTION})`,
  );
});

test('what changes nothing trains nothing, and is no failure', async () => {
  const note = 'nothing changed: version 6 was made from the same code, data and settings';
  answers({ outcome: 'nothing changed', note });

  expect(await train(delivery, environment('dev'), clients)).toBe(note);
  expect(sagemaker.calls()).toHaveLength(0);
});

test('a step that is tried again waits for the training that runs already', async () => {
  answers({ outcome: 'already asked', note: `the same training runs already: ${EXECUTION}` });

  expect(await train(delivery, environment('dev'), clients)).toMatch(/^version 7 of mail in dev: passed/);
});

test('a start function that failed is named with its log', async () => {
  lambda
    .on(InvokeCommand)
    .resolves({ FunctionError: 'Unhandled', Payload: Buffer.from('{"errorMessage":"no data"}') as never });

  await expect(train(delivery, environment('dev'), clients)).rejects.toThrow(
    'mail-dev-start-training failed: {"errorMessage":"no data"}; its log group is /aws/lambda/mail-dev-start-training',
  );
});

test('an author with characters that the metadata do not take is written with others', async () => {
  const odd = { ...delivery, run: { ...delivery.run, author: "o'brien@example.com" } };

  await train(odd, environment('dev'), clients);

  expect(asked()).toMatchObject({ author: 'o-brien@example.com' });
});
