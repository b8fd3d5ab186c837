import { loadConfig } from '../../../lib/config/load';
import { namesOf } from '../../../lib/config/names';
import type { Delivery, Run } from '../../../operations/delivery/delivery';
import type { DeliveredEnvironment } from '../../../operations/delivery/environment';
import { PLATFORM_YAML, TEMPLATES, type TemporaryProjects, temporaryProjects } from '../../fixtures/project';

/** A delivery of a project `mail` of a test's own, and what it said. */
export interface TestDelivery {
  readonly delivery: Delivery;
  readonly said: string[];
  readonly projects: TemporaryProjects;
  /** An environment with credentials that open nothing. */
  environment(name: string): DeliveredEnvironment;
}

const PLACES: Readonly<Record<string, string>> = { dev: '111122223333', prod: '444455556666' };

/**
 * @param run what differs from a commit of Jane's, in run `e-1` of the pipeline
 * @param change changes the text of platform.yaml
 */
export function testDelivery(
  run: Partial<Run> = {},
  change: (platform: string) => string = (text) => text,
): TestDelivery {
  const projects = temporaryProjects();
  projects.write('platform.yaml', change(PLATFORM_YAML));
  const { platform, projects: loaded } = loadConfig({ projects: projects.folder, templates: TEMPLATES });
  const [project] = loaded;
  if (!project) throw new Error('no project');
  const said: string[] = [];
  const delivery: Delivery = {
    platform,
    project,
    run: {
      commit: '0123456789abcdef0123456789abcdef01234567',
      author: 'jane@example.com',
      execution: 'e-1',
      roleArn: 'arn:aws:iam::111122223333:role/mlops-dev-delivery',
      ...run,
    },
    assembly: 'cdk.out',
    env: { PATH: '/usr/bin', AWS_PROFILE: 'somebody' },
    pollMs: 1,
    say: (what) => said.push(what),
  };
  return {
    delivery,
    said,
    projects,
    environment: (name) => {
      const settings = project.environments[name];
      if (!settings) throw new Error(`no environment ${name}`);
      const account = PLACES[name] ?? '';
      const region = 'eu-west-1';
      return {
        name,
        account,
        region,
        settings,
        names: namesOf({ project: 'mail', environment: name, account, region }),
        config: { region, credentials: { accessKeyId: 'x', secretAccessKey: 'x' } },
      };
    },
  };
}
