import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Emulator } from '../emulator/emulator';

const NAME = 'rehearsal-bridge';
const SECONDS = 60;

/** An empty zip archive: the emulator hands the function's calls to a URL and never unpacks it. */
const NO_CODE = Buffer.from('504b0506000000000000000000000000000000000000', 'hex');

/**
 * Creates the function behind every rewritten resource; its calls arrive at `url`, in this process.
 *
 * @returns its ARN
 */
export async function createBridgeFunction(emulator: Pick<Emulator, 'client'>, url: string): Promise<string> {
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  };
  // In its IAM mode the emulator creates no function without an existing role. It never acts, so it may do nothing.
  const { Role } = await new IAMClient(emulator.client).send(
    new CreateRoleCommand({ RoleName: NAME, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const { FunctionArn } = await new LambdaClient(emulator.client).send(
    new CreateFunctionCommand({
      FunctionName: NAME,
      Role: Role?.Arn,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: NO_CODE },
      Timeout: SECONDS,
      Environment: { Variables: { MINISTACK_LAMBDA_PROXY_URL: url } },
    }),
  );
  if (!FunctionArn) throw new Error(`the emulator created the function ${NAME} without an ARN`);
  return FunctionArn;
}
