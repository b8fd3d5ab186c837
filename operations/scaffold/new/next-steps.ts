import { join } from 'node:path';
import { deliveryNamesOf, platformNamesOf } from '../../../lib/config/names';
import { type Placeholder, placeholdersIn } from '../../../lib/config/placeholders';
import type { Platform } from '../../../lib/config/platform';
import { shownPath } from '../../../lib/config/problems';
import type { Project } from '../../../lib/config/project';
import { type DataAccess, dataAccessOf } from './data-access';

/** A command to copy, and what has to be known about it. */
export interface StepCommand {
  readonly command: string;
  readonly note?: string;
}

/** All that stands between a new project and its first delivery. */
export interface NextSteps {
  /** Example values that somebody has to replace, first. */
  readonly edit: readonly Placeholder[];
  readonly sample: string;
  readonly rehearse: readonly StepCommand[];
  readonly deploy: readonly StepCommand[];
  readonly merge: readonly StepCommand[];
  readonly data: readonly DataAccess[];
}

/** The steps of a project from its folder to its first delivery, in the order in which they are taken. */
export function nextStepsOf(platform: Platform, project: Project): NextSteps {
  const { delivery } = platform;
  const { name } = project;
  const folder = shownPath(project.folder);
  const environments = Object.keys(project.environments);
  return {
    edit: [
      ...placeholdersIn(join(project.folder, '..', 'platform.yaml')),
      ...placeholdersIn(join(project.folder, 'project.yaml')),
    ],
    sample: `${folder}/`,
    rehearse: [
      { command: `npm run rehearse -- ${name}`, note: 'the whole loop, on this machine' },
      { command: `node bin/run.cjs mlops tools pytest ${folder}`, note: 'its tests' },
    ],
    deploy: [
      { command: 'npm run doctor', note: 'says what accounts, connection and quotas still lack' },
      ...environments.flatMap((environment) => {
        const place = platform.environments[environment];
        return place
          ? [
              {
                command: `npx cdk deploy ${platformNamesOf(environment, 0).stack}`,
                note: `once an environment, in account ${place.account}, ${place.region}`,
              },
            ]
          : [];
      }),
      {
        command: `npx cdk deploy ${deliveryNamesOf({ project: name, ...delivery }).stack}`,
        note:
          `once a project, in account ${delivery.account}, ${delivery.region}; its first run starts by itself and ` +
          'stops, since the project is not merged yet',
      },
    ],
    merge: [
      { command: 'npm run codeowners', note: 'its owner reviews it from now on' },
      { command: `git switch -c add-${name} && git add ${folder} .github/CODEOWNERS` },
      {
        command: `git commit -m "feat(${name}): new project" && git push -u origin add-${name}`,
        note: `then merge it to ${delivery.branch} of ${delivery.repository}: that deploys ${environments.join(
          ', then ',
        )} and trains`,
      },
    ],
    data: dataAccessOf(platform, project),
  };
}
