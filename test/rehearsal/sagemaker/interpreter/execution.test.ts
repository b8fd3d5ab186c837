import { type Definition, graph, type Step } from '../../../../rehearsal/sagemaker/interpreter/definition';
import { Execution } from '../../../../rehearsal/sagemaker/interpreter/execution';
import { StepFailure } from '../../../../rehearsal/sagemaker/interpreter/retry';

const job = (Name: string, Arguments: Record<string, unknown> = {}, DependsOn: string[] = []): Step => ({
  Name,
  Type: 'Processing',
  Arguments,
  DependsOn,
});
const after = (step: string) => ({ x: { Get: `Steps.${step}.Anything` } });

test('a step waits for what it refers to, for DependsOn and for the Condition around it', () => {
  const nodes = graph(
    definition([
      job('A'),
      job('B', { deep: [{ 'Std:Join': { On: '', Values: [{ Get: "Steps.A.Outputs['x']" }] } }] }),
      {
        Name: 'C',
        Type: 'Condition',
        Arguments: {
          Conditions: [{ Type: 'Equals', LeftValue: { Get: 'Steps.B.X' }, RightValue: 1 }],
          IfSteps: [job('D', {}, ['A'])],
          ElseSteps: [],
        },
      },
    ]),
  );
  const waits = Object.fromEntries([...nodes].map(([name, { waitsFor }]) => [name, [...waitsFor].sort()]));
  expect(waits).toEqual({ A: [], B: ['A'], C: ['B'], D: ['A', 'C'] });
});

test('independent steps run side by side, dependent ones after each other', async () => {
  const { log } = await play([job('A'), job('B'), job('C', after('A'), ['B'])]);
  expect(log).toEqual(['begin A', 'begin B', 'end A', 'end B', 'begin C', 'end C']);
});

test('no more steps run at once than the pipeline allows', async () => {
  const { log } = await play([job('A'), job('B')], { mostAtOnce: 1 });
  expect(log).toEqual(['begin A', 'end A', 'begin B', 'end B']);
});

test.each([
  [true, ['Gate', 'Register', 'Tell']],
  [false, ['Gate', 'Refuse']],
])(
  'outcome %s of a condition runs its branch alone, and what waits for the other is left out',
  async (outcome, begun) => {
    const gate: Step = {
      Name: 'Gate',
      Type: 'Condition',
      Arguments: { Conditions: [], IfSteps: [job('Register')], ElseSteps: [job('Refuse')] },
    };
    const { execution, passed } = await play([gate, job('Tell', after('Register'))], { outcome });
    expect(execution.records.map(({ StepName }) => StepName)).toEqual(begun);
    expect(passed).toBe(true);
  },
);

test('after a failure the steps under way end, and no other begins', async () => {
  const { execution, log, passed } = await play([job('Bad'), job('Slow'), job('Next', after('Slow'))], {
    failing: 'Bad',
  });
  expect(passed).toBe(false);
  expect(log).toEqual(['begin Bad', 'begin Slow', 'end Slow']);
  expect(
    execution.records.map(({ StepName, StepStatus, FailureReason }) => [StepName, StepStatus, FailureReason]),
  ).toEqual([
    ['Bad', 'Failed', 'AlgorithmError: boom'],
    ['Slow', 'Succeeded', undefined],
  ]);
});

const definition = (Steps: Step[]): Definition => ({ Version: '2020-12-01', Steps });

async function play(steps: Step[], { mostAtOnce = 50, outcome = true, failing = '' } = {}) {
  const log: string[] = [];
  const execution = new Execution(graph(definition(steps)), {
    mostAtOnce,
    stop: new AbortController().signal,
    changed: () => undefined,
    run: async ({ step }) => {
      log.push(`begin ${step.Name}`);
      await new Promise((done) => setImmediate(done));
      if (step.Name === failing) throw new StepFailure('AlgorithmError: boom');
      log.push(`end ${step.Name}`);
      return { Outcome: outcome };
    },
  });
  const passed = await execution.play();
  return { execution, log, passed };
}
