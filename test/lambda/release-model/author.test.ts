import { isAuthor } from '../../../lambda/release-model/author';

const session = (name: string) => `arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_ml_0123/${name}`;

test.each([
  ['a session by e-mail address', session('jane@example.com'), true],
  ['a session in other letters', session('Jane@Example.com'), true],
  ['a session by the part before the @', session('jane'), true],
  ['a user of IAM', 'arn:aws:iam::111122223333:user/people/jane', true],
  ['somebody else', session('joe@example.com'), false],
  ['a part of the name', session('jan'), false],
  ['the root user', 'arn:aws:iam::111122223333:root', false],
  ['nobody known', undefined, false],
])('%s is compared with the author of the change', (_, identity, same) => {
  expect(isAuthor(identity, 'jane@example.com')).toBe(same);
});

test('where no author is known, nobody is the author', () => {
  expect(isAuthor(session('jane'), undefined)).toBe(false);
  expect(isAuthor(session('unknown'), 'unknown')).toBe(false);
});
