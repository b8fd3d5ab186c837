import type { Bridge } from './bridge/bridge';
import type { Unevaluated } from './courier/alarms/alarms';
import type { NotRehearsed } from './report/report';
import type { Play } from './stage';
import { templatesOf } from './synthesis';

/** Types that the emulator creates without doing what they do in AWS. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  'AWS::KMS::Key': 'the emulator keeps the key and encrypts nothing; roles are asked whether they may use it',
  'AWS::EC2::VPC': 'jobs and models are processes of this machine; no packet passes the network',
  'AWS::EC2::VPCEndpoint': 'S3 is reached directly',
  'AWS::EC2::FlowLog': 'there is no traffic to log',
  'AWS::Scheduler::Schedule':
    'no hour passes: schedules fire when the rehearsal says so, with their own role and input',
  'AWS::CloudWatch::Dashboard': 'kept, not drawn',
  'AWS::Logs::MetricFilter': 'kept, never evaluated',
  'AWS::SNS::Subscription': 'no mail is sent',
  'AWS::ApiGateway::RequestValidator': 'the emulator drops it; the functions refuse bad requests themselves',
};

/** What no rehearsal on one machine can show. */
const NEVER: readonly NotRehearsed[] = [
  { what: 'a real account', why: 'nothing here was ever deployed to AWS by its authors' },
  {
    what: 'container images',
    why: 'there is no Docker: a Python environment from the same lock stands in for each image, without its Dockerfile and serve',
  },
  {
    what: 'consumers of other accounts',
    why: "the caller is a user of this account with a policy of its own; the API's resource policy, which names the consumers of project.yaml, is deployed and not asked",
  },
  { what: 'instance types', why: 'quotas, capacity, GPUs, memory and prices are those of this machine' },
  {
    what: 'time',
    why: 'a monitoring period takes seconds here; lifecycle rules, TTL and retention do not pass',
  },
  {
    what: 'capacity',
    why: 'scaling is registered and scales nothing; spare capacity is never taken away; a canary bakes a five-hundredth of its time',
  },
  {
    what: 'delivery',
    why: 'played by npm run rehearse with --delivery; here code and data are uploaded and the training is started as it would',
  },
];

/** The list that ends every report: what the templates hold and nobody played. */
export function notRehearsed(parts: {
  /** Folder of the synthesized assembly. */
  readonly synthesized: string;
  readonly bridge: Bridge;
  readonly unevaluated: readonly Unevaluated[];
  readonly remarks: readonly string[];
  /** What was set otherwise than the project says. */
  readonly notes: readonly NotRehearsed[];
  readonly play: Play;
}): NotRehearsed[] {
  const templates = templatesOf(parts.synthesized);
  const { environment, project } = parts.play;
  const played = templates.filter(
    ({ stack }) => stack === `${environment}-platform` || stack.startsWith(`${project}-${environment}-`),
  );
  const others = templates.filter((template) => !played.includes(template));
  const types = new Set(played.flatMap((template) => template.types));
  return [
    ...parts.bridge
      .resources()
      .filter((resource) => resource.played === 'recorded')
      .map(({ stack, logicalId, type, reviewed }) => ({
        what: `${stack}/${logicalId} (${type})`,
        why: reviewed ?? 'only recorded: neither the emulator nor we play this type',
      })),
    ...[...types].flatMap((type) => {
      const why = WITHOUT_EFFECT[type];
      return why ? [{ what: type, why }] : [];
    }),
    ...parts.unevaluated.map(({ alarm, reason }) => ({ what: `alarm ${alarm}`, why: reason })),
    ...(others.length > 0
      ? [
          {
            what: others.map(({ stack }) => stack).join(', '),
            why: 'synthesized with every gate on, not deployed',
          },
        ]
      : []),
    ...parts.notes,
    ...parts.remarks.map((remark) => ({ what: 'this Python', why: remark })),
    ...NEVER,
  ];
}
