import { GetParametersCommand } from '@aws-sdk/client-ssm';
import type { Check } from '../check';
import { cdkCommand, listed } from '../commands';
import { platformOf } from '../expected';
import { error, type Observation, ok } from '../finding';
import { everyTen } from '../pages';

/** What projects read of the platform when they are deployed. */
export const platform: Check = {
  name: 'platform',
  permission: 'ssm:GetParameters',
  look: async (subject): Promise<Observation[]> => {
    const names = platformOf(subject);
    // A platform that is not there at all is said of its stack.
    if (!names || !(await subject.stacks()).has(names.stack)) return [];
    const wanted = Object.values(names.parameters).flat();
    const answers = await Promise.all(
      everyTen(wanted).map((Names) => subject.aws.ssm.send(new GetParametersCommand({ Names }))),
    );
    const there = new Set(answers.flatMap(({ Parameters = [] }) => Parameters.map(({ Name }) => Name)));
    const missing = wanted.filter((name) => !there.has(name));
    if (missing.length === 0) return [ok(`the platform publishes all ${wanted.length} parameters`)];
    return [
      error(
        `the platform does not publish ${listed(missing)}, which its projects read`,
        cdkCommand(subject, `deploy ${names.stack} --revert-drift`),
      ),
    ];
  },
};
