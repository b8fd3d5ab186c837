import { main } from '../../../bin/mlops';
import { temporaryProjects } from '../../fixtures/project';

const projects = temporaryProjects();
afterAll(() => projects.remove());

test.each([['--until', 'gate'], ['--keep'], ['--strict'], ['--data', 'rows.csv']])(
  'fails for %s, which is for the loop, before anything is started',
  async (...option) => {
    const said: string[] = [];
    const spy = jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    try {
      const code = await main(['rehearse', '--projects', projects.folder, '--delivery', ...option]);
      expect(code).toBe(2);
    } finally {
      spy.mockRestore();
    }
    expect(said.join('')).toContain(`${option[0]} is for the loop and does nothing with --delivery`);
  },
);
