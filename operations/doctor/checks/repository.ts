import { join } from 'node:path';
import { placeholdersIn } from '../../../lib/config/placeholders';
import type { Check } from '../check';
import { error, type Observation, ok, warning } from '../finding';
import type { Machine } from '../machine';

/** Whether this checkout is of the repository that delivery reads. */
export const repository: Check<Machine> = {
  name: 'repository',
  permission: 'none',
  look: async ({ config, projects, run }): Promise<Observation[]> => {
    const { repository: wanted, branch } = config.platform.delivery;
    // The example of the template is nobody's repository, and is said of its file.
    const examples = placeholdersIn(join(projects, 'platform.yaml'));
    if (examples.some(({ value }) => value === wanted)) return [];
    const remoteList = await run('git', ['remote', '-v']);
    if (!remoteList) return [];
    if (remoteList.code !== 0) {
      return [
        error(
          `this folder is no git repository, and delivery reads ${wanted}`,
          `git init --initial-branch ${branch}; then commit, and git remote add origin <URL of ${wanted}>`,
        ),
      ];
    }
    const remotes = remotesIn(remoteList.output);
    const remote = remotes.find(({ url }) => isOf(url, wanted));
    if (!remote) {
      const others = remotes.map(({ name, url }) => `${name} is ${url}`).join(', ') || 'it has none';
      return [
        error(
          `no remote of this checkout is ${wanted}, which delivery.repository names: ${others}`,
          `git remote add origin <URL of ${wanted}>, or correct delivery.repository in platform.yaml`,
        ),
      ];
    }
    const known = await run('git', [
      'rev-parse',
      '--verify',
      '--quiet',
      `refs/remotes/${remote.name}/${branch}`,
    ]);
    if (known?.code === 0) return [ok(`remote ${remote.name} is ${wanted}, and has branch ${branch}`)];
    return [
      warning(
        `${wanted} has no branch ${branch} as far as this checkout knows, and delivery waits for merges into it`,
        `git fetch ${remote.name}; where it is new: git push -u ${remote.name} ${branch}`,
      ),
    ];
  },
};

function remotesIn(output: string): { readonly name: string; readonly url: string }[] {
  return output
    .split('\n')
    .map((line) => line.split(/\s+/))
    .filter((words) => words[2] === '(fetch)')
    .map(([name = '', url = '']) => ({ name, url: withoutPassword(url) }));
}

/** A token in a URL is not for the screen. */
const withoutPassword = (url: string): string => url.replace(/\/\/[^/@]*@/, '//');

/** `git@host:owner/name.git` and `https://host/owner/name` are both `owner/name`. */
function isOf(url: string, repositoryName: string): boolean {
  const path = url.replace(/\/?(\.git)?\/?$/, '').toLowerCase();
  return [':', '/'].some((before) => path.endsWith(`${before}${repositoryName.toLowerCase()}`));
}
