import { type Config, loadConfig } from '../../../lib/config/load';
import { type Access, type Destination, NoAccess, type WhyNot } from '../../../operations/aws/credentials';
import { examine, MACHINE } from '../../../operations/doctor/doctor';
import { PLATFORM_YAML, TEMPLATES, temporaryProjects } from '../../fixtures/project';

const projects = temporaryProjects();
afterAll(() => projects.remove());

const examination = (
  access: (destination: Destination) => Promise<Access>,
  only?: string,
  config?: Config,
) => ({
  machine: {
    config: config ?? loadConfig({ projects: projects.folder, templates: TEMPLATES }),
    projects: projects.folder,
    node: process.version,
    run: async () => undefined,
  },
  only,
  say: () => undefined,
  access,
});

const nobody = (why: WhyNot) => (destination: Destination) =>
  Promise.reject(new NoAccess(why, `no access to ${destination.name}, because. Sign in`));

test.each([
  ['no credentials', 'there are no AWS credentials here, so delivery, dev, prod were not looked at'],
  ['unreachable', 'no access to delivery, because. Sign in; delivery, dev, prod were not looked at'],
] as const)('%s are said once, and the machine is looked at', async (why, what) => {
  const findings = await examine(examination(nobody(why)));
  expect(findings.filter(({ check }) => check === 'credentials')).toMatchObject([
    { environment: MACHINE, level: 'error', what },
  ]);
  expect(findings.map(({ check }) => check)).toEqual(expect.arrayContaining(['placeholders', 'tools']));
});

test('credentials of another account are an error for an account of one’s own, and no news for that of the example', async () => {
  projects.write('platform.yaml', PLATFORM_YAML.replace('444455556666', '210987654321'));
  const findings = await examine(examination(nobody('another account')));
  projects.write('platform.yaml', PLATFORM_YAML);
  const of = (name: string) => findings.filter(({ environment }) => environment === name);
  expect(of('dev')).toMatchObject([{ level: 'skipped', fix: 'npm run init' }]);
  expect(of('prod')).toMatchObject([
    { level: 'error', fix: expect.stringContaining('[profile mlops-prod]') },
  ]);
});

test('one environment is looked at when it is named; another word is refused with those that are known', async () => {
  const findings = await examine(examination(nobody('another account'), 'dev'));
  expect(new Set(findings.map(({ environment }) => environment))).toEqual(new Set([MACHINE, 'dev']));
  await expect(examine(examination(nobody('expired'), 'stage'))).rejects.toThrow(
    '"stage" is no environment of platform.yaml; doctor knows delivery, dev, prod',
  );
});

test('services that answer nothing end no run: every check says that it could not look', async () => {
  const unreachable = async ({ account, region }: Destination): Promise<Access> => ({
    account,
    region,
    callerArn: `arn:aws:iam::${account}:root`,
    sessionName: 'root',
    config: {
      region,
      endpoint: 'http://127.0.0.1:1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    },
  });
  const findings = await examine(examination(unreachable, 'dev'));
  const dev = findings.filter(({ environment }) => environment === 'dev');
  expect(dev.find(({ check }) => check === 'stacks')).toMatchObject({
    level: 'warning',
    what: expect.stringMatching(/^stacks: not looked at: .*ECONNREFUSED/),
  });
  expect(dev.find(({ check }) => check === 'credentials')?.level).toBe('ok');
  expect(dev.length).toBeGreaterThan(8);
});
