import type { NotRehearsed } from '../report/report';
import type { DeliveryStage } from './open-delivery';
import type { DeliverySettings } from './settings';

/** What no rehearsal of a delivery on one machine can show. */
const NEVER: readonly NotRehearsed[] = [
  { what: 'a real account', why: 'nothing here was ever deployed to AWS by its authors' },
  {
    what: 'the connection and its trigger',
    why: 'nobody pushes: the working tree is taken as the commit; branch and path filters are tested against the templates',
  },
  {
    what: 'build machines',
    why: 'commands run by bash on this machine, one after the other; compute types, time limits, caches and privileged mode do not matter',
  },
  {
    what: 'container images',
    why: 'there is no Docker: an empty image is put under each tag that was missing',
  },
  {
    what: 'serving, feedback, monitoring and retraining',
    why: 'played by npm run rehearse without --delivery',
  },
  { what: 'bootstrap policies', why: 'CloudFormation acts as administrator here' },
];

/** The list that ends the report. */
export function notRehearsedDelivery(settings: DeliverySettings, stage: DeliveryStage): NotRehearsed[] {
  const recorded = [...stage.accounts.all.values()]
    .flatMap(({ bridge }) => bridge.resources())
    .filter(({ played }) => played === 'recorded')
    .map(({ stack, logicalId, type, reviewed }) => ({
      what: `${stack}/${logicalId} (${type})`,
      why: reviewed ?? 'only recorded: neither the emulator nor we play this type',
    }));
  const data = settings.environments
    .filter((place) => place.data.startsWith('s3://'))
    .map((place) => ({
      what: `data of ${place.name}`,
      why: `rows of the sample stand in for ${place.data}, in the environment's own account; the owner's bucket policy is not asked`,
    }));
  return [
    ...recorded,
    ...data,
    ...stage.notPlayed().map((line) => ({ what: 'build command', why: line })),
    ...stage.accounts.remarks.map((remark) => ({ what: 'this Python', why: remark })),
    ...NEVER,
  ];
}
