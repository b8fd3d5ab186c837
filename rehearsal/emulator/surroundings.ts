/** The account's root user, in the emulator's IAM mode as well. No real credential is ever needed or read. */
export const ROOT = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

interface Surroundings {
  readonly region: string;
  readonly path: string;
  readonly directory: string;
  readonly sagemaker?: string;
}

interface ServerSurroundings extends Surroundings {
  /** Further variables for functions. @default - none */
  readonly forFunctions?: Readonly<Record<string, string>>;
  readonly account: string;
  readonly nodeModules: string;
  readonly port: number;
  readonly temporary: string;
  readonly files: { readonly certificate: string; readonly key: string };
}

/**
 * Environment of the emulator, and through it of every function's process. Built from nothing, so that no profile,
 * credential or endpoint of the person's shell gets in.
 */
export function serverEnvironment(settings: ServerSurroundings): Record<string, string> {
  return {
    ...common(settings, settings.files.certificate),
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(settings.port),
    MINISTACK_ACCOUNT_ID: settings.account,
    MINISTACK_REGION: settings.region,
    // Role permissions, trust policies and signatures are checked. Over plain HTTP, buckets that enforce TLS deny all.
    AUTH: 'true',
    USE_SSL: '1',
    MINISTACK_SSL_CERT: settings.files.certificate,
    MINISTACK_SSL_KEY: settings.files.key,
    // A fiftieth of each wait of a state machine; at 0, loops that count their waits run out.
    SFN_WAIT_SCALE: '0.02',
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
    NODE_PATH: settings.nodeModules,
    NODE_NO_WARNINGS: '1',
    TMPDIR: settings.temporary,
    ...settings.forFunctions,
  };
}

interface ClientSurroundings extends Surroundings {
  readonly endpoint: string;
  readonly certificate: string;
}

/** Environment of a program that talks to the emulator. */
export function clientEnvironment(settings: ClientSurroundings): Record<string, string> {
  return {
    ...common(settings, settings.certificate),
    AWS_ENDPOINT_URL: settings.endpoint,
    AWS_ACCESS_KEY_ID: ROOT.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ROOT.secretAccessKey,
  };
}

function common(settings: Surroundings, certificate: string): Record<string, string> {
  return {
    PATH: settings.path,
    // Tools that keep caches and settings at home keep them in this run's folder.
    HOME: settings.directory,
    LANG: 'C.UTF-8',
    AWS_REGION: settings.region,
    AWS_DEFAULT_REGION: settings.region,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CA_BUNDLE: certificate,
    NODE_EXTRA_CA_CERTS: certificate,
    ...(settings.sagemaker && {
      AWS_ENDPOINT_URL_SAGEMAKER: settings.sagemaker,
      AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: settings.sagemaker,
      AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING: settings.sagemaker,
    }),
  };
}
