import { wrap } from '../../operations/terminal/lines';
import type { Section } from '../report/report';
import type { DeliveryStage } from './open-delivery';
import type { EnvironmentOutcome } from './outcome';
import type { DeliverySettings } from './settings';

/** What a delivery did, beside the table of its actions. */
export function sectionsOf(
  settings: DeliverySettings,
  stage: DeliveryStage,
  outcomes: readonly EnvironmentOutcome[],
): Section[] {
  const named = new Map<string, string[]>([[settings.delivery.account, ['delivery']]]);
  for (const { account, name } of settings.environments)
    named.set(account, [...(named.get(account) ?? []), name]);
  const changes = stage.adapting.changes();
  const bridged = changes.filter(({ change }) => change === 'bridged').length;
  const approvals = stage.pipelines
    .executions(settings.pipeline)
    .flatMap(({ actions }) => actions)
    .filter(({ asked }) => asked !== undefined);
  return [
    {
      title: 'Accounts, and the roles that were taken in them',
      lines: [...named].flatMap(([account, names]) => [
        `${account}  ${names.join(', ')}`,
        ...stage.callers
          .roles()
          .filter((role) => role.includes(`::${account}:`))
          .map((role) => `              ${role.split('/').at(-1)}`),
      ]),
    },
    {
      title: 'Models',
      lines: outcomes.flatMap(({ environment, models, endpoint }) =>
        models.length === 0
          ? [`${environment}: none`]
          : models.map(
              ({ version, approval, gate }) =>
                `${environment} v${version}: ${approval}, endpoint ${endpoint ?? 'not made yet'}. ${gate}`,
            ),
      ),
    },
    {
      title: 'What whoever approves read',
      lines: approvals.flatMap(({ stage: name, asked = '' }) =>
        wrap(`${name}: ${asked.replaceAll(/\s+/g, ' ')}`, 120),
      ),
    },
    {
      title: 'Templates',
      lines: [
        `${changes.length} resources adapted on their way to CloudFormation, ${bridged} of them played by us`,
      ],
    },
  ].filter(({ lines }) => lines.length > 0);
}
