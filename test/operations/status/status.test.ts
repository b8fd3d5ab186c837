import { CodePipelineClient, GetPipelineStateCommand } from '@aws-sdk/client-codepipeline';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { loadConfig } from '../../../lib/config/load';
import { status } from '../../../operations/status/status';
import { PLATFORM_YAML, TEMPLATES, temporaryProjects } from '../../fixtures/project';
import { deployed, NOW, named } from './accounts';

const sts = mockClient(STSClient);
const codepipeline = mockClient(CodePipelineClient);
const projects = temporaryProjects();
projects.write(
  'platform.yaml',
  // One account for all, and a person before stacks change in prod.
  PLATFORM_YAML.replaceAll(/"\d{12}"/g, '"111122223333"')
    .replaceAll(':000011112222:', ':111122223333:')
    .replace(/(prod: .*\]) \} \}/, '$1 }, approval: { stacks: person } }'),
);
const config = loadConfig({ projects: projects.folder, templates: TEMPLATES });
afterAll(() => projects.remove());

beforeEach(() => {
  deployed();
  sts.reset();
  codepipeline.reset();
  sts
    .on(GetCallerIdentityCommand)
    .resolves({ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/kim' });
  codepipeline.on(GetPipelineStateCommand).rejects(named('PipelineNotFoundException', 'no pipeline'));
});

test('environments come in the order of platform.yaml, and one may be asked for alone', async () => {
  expect((await status(config, undefined, NOW)).map(({ environment }) => environment)).toEqual([
    'dev',
    'prod',
  ]);
  expect((await status(config, 'prod', NOW)).map(({ environment }) => environment)).toEqual(['prod']);
  await expect(status(config, 'test', NOW)).rejects.toThrow(
    'platform.yaml has no environment "test"; it has dev, prod',
  );
});

test('stacks that wait for approval are told with the environment they are for', async () => {
  const since = new Date('2026-11-21T09:00:00Z');
  codepipeline.on(GetPipelineStateCommand, { name: 'mail-delivery' }).resolves({
    stageStates: [
      {
        stageName: 'ProdApproval',
        actionStates: [
          { actionName: 'Approval', latestExecution: { status: 'InProgress', lastStatusChange: since } },
        ],
      },
      { stageName: 'Dev', latestExecution: { pipelineExecutionId: 'x', status: 'Failed' } },
    ],
  });
  const [dev, prod] = await status(config, undefined, NOW);
  expect(dev).toMatchObject({ waiting: [], notes: ['the stage Dev of the delivery failed'] });
  expect(prod?.waiting).toEqual([{ what: 'the stacks', for: 'a person', since, command: undefined }]);
});

test('a delivery that may not be read is said where a person is asked, and nowhere else', async () => {
  codepipeline.on(GetPipelineStateCommand).rejects(named('AccessDeniedException', 'not you'));
  const [dev, prod] = await status(config, undefined, NOW);
  expect(dev?.notes).toEqual([]);
  expect(prod?.notes).toEqual([
    'whether the stacks wait for approval cannot be seen: AccessDeniedException: not you',
  ]);
});

test('an account that cannot be reached is a line that says why', async () => {
  sts
    .on(GetCallerIdentityCommand)
    .resolves({ Account: '999999999999', Arn: 'arn:aws:iam::999999999999:user/kim' });
  const [dev] = await status(config, 'dev', NOW);
  expect(dev?.unreachable).toContain('no access to dev, account 111122223333');
  expect(dev?.unreachable).not.toContain('NoAccess');
});
