import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { instanceProblem } from '../../lib/config/instances';
import type { Platform } from '../../lib/config/platform';
import type { Project } from '../../lib/config/project';
import { Refusal } from '../../operations/terminal/refusal';
import { hasAccelerator, hasGpu } from '../../pipelines/accelerator';
import { cheaperLearner } from '../../pipelines/learners';
import { guardFolder } from '../../rehearsal/processes/guard';
import type { NotRehearsed } from '../../rehearsal/report/report';
import { requireEnvironment } from './bundle';
import { thinRows } from './thinned-rows';

/** Machines that a learner is rehearsed for, where the project names none that fits: the first that is allowed. */
const MACHINES = {
  gpu: ['ml.g5.2xlarge', 'ml.g5.xlarge', 'ml.g6.2xlarge', 'ml.g6.xlarge', 'ml.g4dn.xlarge'],
  cpu: ['ml.m5.large', 'ml.m5.xlarge', 'ml.c5.xlarge'],
} as const;

/**
 * Bound that a learner must reach on the sample instead of the project's own, which are for the learner and the data of
 * the project: an encoder of English reads a sample in three languages, and what is rehearsed is the way, not the figure.
 * One that always gives the same answer stays below it.
 */
const REACHED = { macro_f1: 0.3, calibration_error: 0.3 };

/** Rows that a learner of GPUs learns from on a CPU: as many take minutes, and still fill a baseline and a window. */
const ROWS_ON_CPU = 1_200;

/** A projects folder of its own, in which the project trains another learner. */
export interface OtherLearner {
  /** Folder of platform.yaml and the project. */
  readonly projects: string;
  /** What was set otherwise than the project says. */
  readonly notes: readonly NotRehearsed[];
  remove(): void;
}

/**
 * Copies a project with its platform and gives it another learner in one environment, so that what is rehearsed is
 * synthesized from files like any project.
 *
 * The gate's rule on cheaper learners is set to `told`, since on a sample in several languages an English encoder is not
 * better, and the bounds are lowered.
 *
 * @param directory ignored folder that the copy is made in
 * @throws Refusal for a learner that the kind does not have, or that no allowed machine can train
 */
export function withOtherLearner(
  { platform, project }: { readonly platform: Platform; readonly project: Project },
  environment: string,
  learner: string,
  places: { readonly projects: string; readonly directory: string },
): OtherLearner {
  const { learners } = project.kind;
  const wanted = learners[learner];
  if (!wanted) {
    throw new Refusal(
      `--learner ${learner}: the kind ${project.kind.name} has no such learner · allowed: ${Object.keys(learners).join(', ')}`,
    );
  }
  const chosen = requireEnvironment(project, environment);
  const gpu = wanted.accelerator === 'gpu';
  const machine = trainedOn(platform, project, chosen.train.instance, gpu);

  const text = readFileSync(join(project.folder, 'project.yaml'), 'utf8');
  const file = parseDocument(text);
  const set = (path: readonly string[], value: unknown) =>
    file.setIn(['environments', environment, ...path], value);
  set(['learner'], learner);
  set(['train', 'instance'], machine);
  // Spare capacity keeps checkpoints, which a long training must be able to go on from.
  set(['train', 'spot'], gpu);
  if (!wanted.weights) file.deleteIn(['environments', environment, 'base_model']);
  if (!wanted.serve_gpu && hasAccelerator(chosen.serve.instance)) set(['serve', 'instance'], MACHINES.cpu[0]);
  const cheaper = cheaperLearner(learners, learner);
  if (cheaper) file.setIn(['gate', 'cheaper'], 'told');
  // Two trainings on few rows differ by chance, and one of them is to be played to its end.
  file.setIn(['gate', 'champion'], 'ignored');

  const lowered = Object.entries(project.gate.macro_f1).filter(([, bound]) => bound > REACHED.macro_f1);
  for (const [target] of lowered) file.setIn(['gate', 'macro_f1', target], REACHED.macro_f1);
  file.setIn(
    ['gate', 'calibration_error'],
    Math.max(project.gate.calibration_error, REACHED.calibration_error),
  );

  const copy = copied(project, String(file), places);
  const data = join(copy.projects, project.name, chosen.data);
  const thinned = gpu && !chosen.data.startsWith('s3://') ? thinRows(data, ROWS_ON_CPU) : undefined;
  const notes = notesOf(project, learner, { cheaper, machine: gpu ? machine : undefined });
  return { ...copy, notes: [...notes, ...(thinned ? [fewerRows(chosen.data, learner, thinned)] : [])] };
}

const fewerRows = (
  data: string,
  learner: string,
  { before, after }: { readonly before: number; readonly after: number },
): NotRehearsed => ({
  what: `all rows of ${data}`,
  why: `${learner} learns from ${after} of ${before}, so that a CPU is done in minutes; --data takes all that it is given`,
});

function notesOf(
  { gate, environments }: Project,
  learner: string,
  { cheaper, machine }: { readonly cheaper: string | undefined; readonly machine: string | undefined },
): NotRehearsed[] {
  const bounds = Object.entries(gate.macro_f1).map(([target, bound]) => `${target} ${bound}`);
  return [
    {
      what: 'bounds of the gate',
      why: `${bounds.join(', ')} and a calibration error of ${gate.calibration_error} are for ${[...new Set(Object.values(environments).map((each) => each.learner))].join(' and ')} on the data of the project; ${learner} is let pass from ${REACHED.macro_f1}, up to ${REACHED.calibration_error}`,
    },
    {
      what: 'gate.champion',
      why: `that a model may not be worse than the one in service is computed and told, not enforced here: ${learner} learns from few rows`,
    },
    ...(cheaper
      ? [
          {
            what: 'gate.cheaper',
            why: `that ${learner}, which costs more, must beat what is cheaper is computed and told, not enforced here: what is rehearsed is the way, and the encoder reads English while the sample is in several languages`,
          },
        ]
      : []),
    ...(machine
      ? [
          {
            what: `a GPU (${machine})`,
            why: `${learner} trains on the CPU of this machine, in full precision`,
          },
        ]
      : []),
  ];
}

/** The machine that the project trains on where it fits, or that another environment of it does, or one of ours. */
function trainedOn(platform: Platform, project: Project, now: string, gpu: boolean): string {
  const own = Object.values(project.environments).map(({ train }) => train.instance);
  const all = [now, ...own, ...MACHINES[gpu ? 'gpu' : 'cpu']];
  const fits = all.find(
    (type) =>
      hasAccelerator(type) === gpu &&
      hasGpu(type) === gpu &&
      instanceProblem(type, 'training', platform.guardrails) === undefined,
  );
  if (fits) return fits;
  throw new Refusal(
    `guardrails of platform.yaml allow no machine ${gpu ? 'with' : 'without'} a GPU for a training · allowed: ${platform.guardrails.instances.join(', ')} · add one, such as ${MACHINES[gpu ? 'gpu' : 'cpu'][0]}`,
  );
}

function copied(
  project: Project,
  yaml: string,
  { projects, directory }: { projects: string; directory: string },
) {
  mkdirSync(directory, { recursive: true });
  const folder = mkdtempSync(join(resolve(directory), `run-${process.pid}-`));
  const target = join(folder, project.name);
  cpSync(join(projects, 'platform.yaml'), join(folder, 'platform.yaml'));
  cpSync(project.folder, target, { recursive: true, filter: (path) => !path.includes('__pycache__') });
  writeFileSync(join(target, 'project.yaml'), yaml);
  // However this process ends.
  const dismiss = guardFolder(folder);
  return {
    projects: folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
      dismiss();
    },
  };
}
