import picomatch from 'picomatch';
import { deliveredPaths } from '../../../lib/delivery/trigger';

const paths = deliveredPaths({ name: 'mail', kind: 'email-classification' });

/** Whether a merge of these files starts a run. */
const delivers = (...files: string[]) => files.some((file) => picomatch(paths)(file));

test.each([
  'projects/mail/train.py',
  'projects/mail/project.yaml',
  'projects/mail/sample/emails.csv',
  'projects/mail/environments/linear/requirements.lock',
  'projects/platform.yaml',
  'templates/email-classification/kind.yaml',
  'pipelines/steps/job.py',
  'pipelines/image/Dockerfile',
  'lib/delivery/steps.ts',
  'lambda/start-training/index.ts',
  'operations/delivery/train.ts',
  'bin/run.cjs',
  'package-lock.json',
  'cdk.json',
])('a merge of %s delivers the project', (file) => {
  expect(delivers(file)).toBe(true);
});

test.each([
  'README.md',
  'docs/on-call.md',
  'projects/mail/README.md',
  'pipelines/image/README.md',
  'lambda/README.md',
  'projects/other/train.py',
  'projects/other/project.yaml',
  'projects/mail-archive/train.py',
  'templates/summaries/kind.yaml',
  'rehearsal/rehearse.ts',
  'test/lib/delivery/trigger.test.ts',
])('a merge of %s delivers nothing', (file) => {
  expect(delivers(file)).toBe(false);
});

test('a document beside code does not hold the run back', () => {
  expect(delivers('projects/mail/README.md', 'projects/mail/train.py')).toBe(true);
});

test('the longest name of a project stays within the limits of CodePipeline', () => {
  const longest = deliveredPaths({ name: 'x'.repeat(20), kind: 'y'.repeat(60) });

  expect(longest.length).toBeLessThanOrEqual(8);
  for (const pattern of longest) expect(pattern.length).toBeLessThanOrEqual(255);
});
