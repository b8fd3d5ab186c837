import picomatch from 'picomatch';
import { PROCESSING_INSTANCE } from '../../pipelines/processing-instance';
import { PLATFORM_STAND_INS, type Platform } from './platform';
import { type Problem, withGiven } from './problems';
import { rule } from './rule';
import type { YamlFile } from './yaml-file';

/** What one line of platform.yaml says against another. */
export function platformProblems(platform: Platform, file: YamlFile<Platform>): Problem[] {
  return [
    ...nameProblems(platform, file),
    ...connectionProblems(platform, file),
    ...guardrailProblems(platform, file),
  ];
}

/** The delivery of a project is named like one of its environments would be. */
function nameProblems({ environments }: Platform, file: YamlFile<Platform>): Problem[] {
  return ['delivery', 'platform']
    .filter((name) => name in environments)
    .map((name) => {
      const message = rule({
        wrong: 'is a name of the platform itself',
        allowed: 'another, such as dev or prod',
      });
      return file.problem(['environments', name], withGiven(message, name));
    });
}

/** A pipeline uses connections of its own account only. */
function connectionProblems({ delivery }: Platform, file: YamlFile<Platform>): Problem[] {
  const account = delivery.connection.split(':')[4];
  if (account === delivery.account || delivery.account === PLATFORM_STAND_INS.delivery.account) return [];
  const message = rule({
    wrong: 'belongs to another account than the one that delivers',
    allowed: `a connection of ${delivery.account}`,
    remedy: 'make one there, in the console: Developer Tools, Settings, Connections',
  });
  return [file.problem(['delivery', 'connection'], withGiven(message, delivery.connection))];
}

function guardrailProblems(
  { guardrails, delivery, environments }: Platform,
  file: YamlFile<Platform>,
): Problem[] {
  const problems: Problem[] = [];
  if (!picomatch.isMatch(PROCESSING_INSTANCE, [...guardrails.instances])) {
    const message = rule({
      wrong: `leaves out ${PROCESSING_INSTANCE}, which processing jobs run on`,
      allowed: `patterns that ${PROCESSING_INSTANCE} matches, beside others`,
      remedy: `add ${PROCESSING_INSTANCE}`,
    });
    problems.push(file.problem(['guardrails', 'instances'], withGiven(message, guardrails.instances)));
  }
  const regions = guardrails.regions;
  if (!regions) return problems;
  const used: Array<[string[], string]> = [
    [['delivery', 'region'], delivery.region],
    ...Object.entries(environments).map(([name, { region }]): [string[], string] => [
      ['environments', name, 'region'],
      region,
    ]),
  ];
  return [
    ...problems,
    ...used
      .filter(([, region]) => !regions.includes(region))
      .map(([key, region]) =>
        file.problem(
          key,
          withGiven(
            rule({
              wrong: 'is not allowed by guardrails.regions',
              allowed: regions.join(', '),
              remedy: 'choose one of these, or add it there',
            }),
            region,
          ),
        ),
      ),
  ];
}
