import { testOrganisation } from '../../fixtures/organisation';
import { PLATFORM_YAML } from '../../fixtures/project';
import { type Resource, resourcesOf, statementsOf } from '../../fixtures/resources';

const organisation = testOrganisation(({ write }) =>
  write(
    'platform.yaml',
    PLATFORM_YAML.replace(/(prod: .*) \}$/m, '$1, approval: { stacks: person, model: person } }'),
  ),
);
const all = resourcesOf(organisation.app.synth());
const delivery = all.filter(({ stack }) => stack === 'mail-delivery');
afterAll(() => organisation.remove());

interface Stage {
  readonly Name: string;
  readonly Actions: readonly {
    readonly Name: string;
    readonly ActionTypeId: { readonly Provider: string };
    readonly Configuration: { readonly ProjectName?: string };
  }[];
}

const stages = delivery
  .filter(({ type }) => type === 'AWS::CodePipeline::Pipeline')
  .flatMap(({ properties }) => properties.Stages as Stage[]);
const approval = stages.findIndex(({ Actions }) =>
  Actions.some(({ ActionTypeId }) => ActionTypeId.Provider === 'Manual'),
);

/** CodeBuild projects of some stages. */
const projectsIn = (some: readonly Stage[]) =>
  some.flatMap(({ Actions }) => Actions.flatMap(({ Configuration }) => Configuration.ProjectName ?? []));

/** What roles the role of a CodeBuild project may become. */
function becomes(project: string): string[] {
  const found = delivery.find(
    ({ type, properties }) => type === 'AWS::CodeBuild::Project' && properties.Name === project,
  );
  const role: string = found?.properties.ServiceRole['Fn::GetAtt'][0];
  return statementsOf(delivery.filter((policy) => belongsTo(policy, role)))
    .filter(({ actions }) => actions.includes('sts:AssumeRole'))
    .flatMap(({ resources }) => resources);
}

const belongsTo = ({ type, properties }: Resource, role: string) =>
  type === 'AWS::IAM::Policy' && properties.Roles.some((each: { Ref?: string }) => each.Ref === role);

const PROD = 'arn:aws:iam::444455556666:role/mlops-prod-delivery';

describe('before the approval of prod nothing may act in prod', () => {
  test('the approval comes after dev, and its stage gathers the evidence', () => {
    expect(stages.slice(0, approval + 1).map(({ Name }) => Name)).toEqual([
      'Source',
      'Update',
      'Check',
      'Image',
      'Dev',
      'ProdApproval',
    ]);
    expect(projectsIn(stages.slice(approval + 1)).flatMap(becomes)).toEqual([PROD, PROD]);
  });

  const before = projectsIn(stages.slice(0, approval + 1));

  test.each(before)('%s becomes no role in the account of prod but the one that reads', (project) => {
    const inProd = becomes(project).filter(
      (role) => !/^arn:aws:iam::(000011112222|111122223333):/.test(role),
    );

    expect(inProd).toEqual(
      project === 'mail-delivery-evidence' ? ['arn:aws:iam::444455556666:role/mlops-prod-review'] : [],
    );
  });

  test('no project runs both before and after it', () => {
    const after = projectsIn(stages.slice(approval + 1));

    expect(after.filter((project) => before.includes(project))).toEqual([]);
  });

  test('the roles of prod let in by name what runs after it, and for reading what gathers the evidence', () => {
    const trusting = all.flatMap(({ stack, type, properties }) =>
      stack === 'prod-platform' && type === 'AWS::IAM::Role'
        ? (properties.AssumeRolePolicyDocument.Statement as Record<string, never>[]).flatMap(
            ({ Principal, Condition }) =>
              'AWS' in (Principal ?? {}) ? [[properties.RoleName, Condition]] : [],
          )
        : [],
    );

    expect(trusting).toEqual([
      [
        'mlops-prod-delivery',
        { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::000011112222:role/*-delivery-build-prod' } },
      ],
      [
        'mlops-prod-review',
        { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::000011112222:role/*-delivery-review' } },
      ],
    ]);
  });
});
