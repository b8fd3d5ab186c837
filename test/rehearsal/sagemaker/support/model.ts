import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Bench, IMAGE, ROLE } from './bench';

/** A model's server: /ping, and /invocations that says its version, or misbehaves as its request asks. */
const SERVER = `
import json, os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
weights = open(os.environ["SAGEMAKER_BASE_DIR"] + "/model/weights.txt").read()

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(200 if weights != "sick" else 500, {})

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if request.get("drop"):
            self.close_connection = True
            return self.connection.shutdown(2)
        self.answer(400 if "bad" in request else 200, {"modelVersion": os.environ.get("MODEL_VERSION"), "weights": weights, "got": request})

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args):
        pass

ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
`;
/** Packs a model whose weights decide how its server behaves. */
export function packModel({ folder }: Bench, name: string, weights: string): void {
  const from = path.join(folder, 'models', name);
  const to = path.join(folder, 's3/artifacts/models', name, 'output');
  mkdirSync(path.join(from, 'code'), { recursive: true });
  mkdirSync(to, { recursive: true });
  writeFileSync(path.join(from, 'weights.txt'), weights);
  writeFileSync(path.join(from, 'code/inference.py'), SERVER);
  execFileSync('tar', ['-czf', path.join(to, 'model.tar.gz'), '-C', from, '.']);
}

/** Where a packed model lies. */
export const artefactUri = (name: string): string => `s3://artifacts/models/${name}/output/model.tar.gz`;

/** A model that is packed and created, with a version of its own. */
export async function createModel(bench: Bench, name: string, version: number): Promise<void> {
  packModel(bench, name, `weights of ${name}`);
  await bench.call('create_model', {
    ModelName: name,
    ExecutionRoleArn: ROLE,
    EnableNetworkIsolation: true,
    PrimaryContainer: {
      Image: IMAGE,
      ModelDataUrl: artefactUri(name),
      Environment: { MODEL_VERSION: String(version) },
    },
  });
}

/** An endpoint config of one model, which captures everything. */
export function endpointConfig(model: string, name = model) {
  return {
    EndpointConfigName: name,
    ProductionVariants: [
      { VariantName: 'AllTraffic', ModelName: model, InstanceType: 'ml.m5.large', InitialInstanceCount: 1 },
    ],
    DataCaptureConfig: {
      EnableCapture: true,
      InitialSamplingPercentage: 100,
      DestinationS3Uri: 's3://records/capture',
      CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
      CaptureContentTypeHeader: { JsonContentTypes: ['application/json'] },
    },
  };
}
