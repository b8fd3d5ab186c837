import {
  type ActionExecutionDetail,
  CodePipelineClient,
  ListActionExecutionsCommand,
} from '@aws-sdk/client-codepipeline';
import { mockClient } from 'aws-sdk-client-mock';
import { requireAnotherApprover } from '../../../operations/delivery/approver';
import { Refusal } from '../../../operations/terminal/refusal';
import { testDelivery } from './delivery-of-a-test';

const codepipeline = mockClient(CodePipelineClient);
const client = new CodePipelineClient({ region: 'eu-west-1' });
const asked = testDelivery({}, (text) =>
  text.replace(/(prod: .*) \}$/m, '$1, approval: { stacks: person } }'),
);
afterAll(() => asked.projects.remove());

const approvedBy = (session: string): ActionExecutionDetail => ({
  stageName: 'ProdApproval',
  actionName: 'Approval',
  status: 'Succeeded',
  updatedBy: `arn:aws:sts::000011112222:assumed-role/AWSReservedSSO_Reviewer_0123456789abcdef/${session}`,
});

beforeEach(() => {
  codepipeline.reset();
  asked.said.length = 0;
});

test.each(['jane@example.com', 'Jane@Example.com', 'jane'])(
  'the author of a commit, signed in as %s, cannot approve it',
  async (session) => {
    codepipeline.on(ListActionExecutionsCommand).resolves({ actionExecutionDetails: [approvedBy(session)] });

    const refused = requireAnotherApprover(client, asked.delivery, 'prod');

    await expect(refused).rejects.toThrow(Refusal);
    await expect(refused).rejects.toThrow(
      `${session} approved a commit of their own (0123456789abcdef0123456789abcdef01234567) for prod`,
    );
  },
);

test('another person can, and the log says who', async () => {
  codepipeline
    .on(ListActionExecutionsCommand)
    .resolves({ actionExecutionDetails: [approvedBy('joe@example.com')] });

  await requireAnotherApprover(client, asked.delivery, 'prod');

  expect(asked.said).toEqual(['approved by joe@example.com, written by jane@example.com']);
  expect(codepipeline.commandCalls(ListActionExecutionsCommand)[0]?.args[0].input).toMatchObject({
    pipelineName: 'mail-delivery',
    filter: { pipelineExecutionId: 'e-1' },
  });
});

test('where nobody can be found who approved, nothing is deployed', async () => {
  codepipeline.on(ListActionExecutionsCommand).resolves({
    actionExecutionDetails: [{ ...approvedBy('joe'), status: 'Failed' }],
  });

  await expect(requireAnotherApprover(client, asked.delivery, 'prod')).rejects.toThrow(
    'nobody can be found who approved prod in run e-1 of mail-delivery',
  );
});

test('a commit whose author is not known is not deployed, since it cannot be told who approved it', async () => {
  codepipeline
    .on(ListActionExecutionsCommand)
    .resolves({ actionExecutionDetails: [approvedBy('joe@example.com')] });
  const { delivery } = asked;
  const unknown = { ...delivery, run: { ...delivery.run, author: undefined } };

  await expect(requireAnotherApprover(client, unknown, 'prod')).rejects.toThrow(
    /^joe@example\.com approved prod, and the source does not say who wrote commit .* so they cannot be told apart · allowed: a source/,
  );
});

test('where nobody is asked, nobody is looked for', async () => {
  await requireAnotherApprover(client, asked.delivery, 'dev');

  expect(codepipeline.calls()).toHaveLength(0);
});
