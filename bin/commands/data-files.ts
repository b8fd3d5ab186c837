import { statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Project } from '../../lib/config/project';
import { type DataFile, dataFilesOf } from '../../operations/delivery/staging/data-files';
import { Refusal } from '../../operations/terminal/refusal';
import { requireEnvironment } from './bundle';

/**
 * Files to train on: those of `--data`, or those of the project's own folder.
 *
 * @param environment whose `data` are taken where none are given
 * @throws Refusal for data that are not on this machine
 */
export function dataFiles(project: Project, environment: string, given: string | undefined): DataFile[] {
  const declared = requireEnvironment(project, environment).data;
  if (given === undefined && declared.startsWith('s3://')) {
    throw new Refusal(
      `${join(project.folder, 'project.yaml')}: data of ${environment} is ${declared}, which this machine cannot read; give rows with --data`,
    );
  }
  const path = given === undefined ? join(project.folder, declared) : resolve(given);
  const found = statSync(path, { throwIfNoEntry: false });
  if (given !== undefined && !found) {
    throw new Refusal(
      `--data ${given}: there is no such file or folder · allowed: a CSV file, or a folder of them`,
    );
  }
  return found?.isFile() ? [{ name: basename(path), path }] : dataFilesOf(path);
}
