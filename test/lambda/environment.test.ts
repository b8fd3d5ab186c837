import { requireEnvironment } from '../../lambda/environment';

interface TestEnv {
  A_NAME: string;
  A_LIST: string;
}

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

test('reads what a contract names, and nothing else', () => {
  Object.assign(process.env, { A_NAME: 'mail', A_LIST: '', OTHER: 'x' });
  expect(requireEnvironment<TestEnv>(['A_NAME', 'A_LIST'])).toEqual({ A_NAME: 'mail', A_LIST: '' });
});

test('fails with the names of all that are missing', () => {
  expect(() => requireEnvironment<TestEnv>(['A_NAME', 'A_LIST'])).toThrow(
    'missing environment variable A_NAME, A_LIST: set it where the function is defined',
  );
});
