"""Calls SageMaker with boto3 as told by JSON lines on standard input, and answers in JSON lines.

{"id", "service", "operation", "input", "app"} gives {"id", "output"}, or {"id", "error"} with code, message
and status. botocore's own checks are off, so that the server's are what is seen.
"""

import datetime
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

clients: dict[tuple, object] = {}


def client(service: str, app: str | None):
    key = (service, app)
    if key not in clients:
        config = Config(retries={"total_max_attempts": 1}, parameter_validation=False, user_agent_appid=app)
        clients[key] = boto3.client(
            service,
            endpoint_url=sys.argv[1],
            region_name="eu-west-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - the local SageMaker checks none
            config=config,
        )
    return clients[key]


def plain(value):
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if hasattr(value, "read"):
        return value.read().decode()
    raise TypeError(type(value))


for line in sys.stdin:
    request = json.loads(line)
    reply: dict = {"id": request["id"]}
    try:
        call = getattr(client(request["service"], request.get("app")), request["operation"])
        reply["output"] = call(**request["input"])
    except ClientError as error:
        said = dict(error.response)
        reply["error"] = {
            **said,
            "code": said["Error"]["Code"],
            "message": said["Error"]["Message"],
            "status": said["ResponseMetadata"]["HTTPStatusCode"],
        }
    except Exception as error:  # What boto3 refuses to send.
        reply["error"] = {"code": type(error).__name__, "message": str(error), "status": 0}
    print(json.dumps(reply, default=plain), flush=True)
