"""`mingtang witness`: see for another body that its log only grows."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.terminal import result, say

app = typer.Typer(no_args_is_help=True, help="见证 Cosign other logs' checkpoints.")


@app.callback()
def witness() -> None:
    """见证 Cosign other logs' checkpoints."""


@app.command()
def serve(
    data: Annotated[Path, typer.Option(help="见证人自己的目录 The witness's own folder, not a centre's.")],
    log: Annotated[list[str], typer.Option(metavar="VKEY", help="所见证日志的公钥，可重复 A log to follow; repeat.")],
    name: Annotated[
        str | None, typer.Option(help="见证人名称，首次启动时定 What it is called; set at the first start.")
    ] = None,
    host: Annotated[str, typer.Option(help="监听地址 Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口 Port.")] = 8790,
) -> None:
    """运行 Answer add-checkpoint requests (C2SP tlog-witness). Prints its own vkey first."""
    import time

    from audit.note import parse_vkey
    from audit.witness_server import WitnessServer
    from audit.witness_state import Witness

    keys = [parse_vkey(vkey) for vkey in log]
    witness = Witness(data, keys, lambda: int(time.time()), name)
    server = WitnessServer(witness, host, port)
    result(str(witness.cosigner.key))
    sys.stdout.flush()  # whoever started it in a pipe reads its key while it runs
    say(f"http://{host}:{server.server_port}/")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("已停止 Stopped.")
    finally:
        server.server_close()
        witness.close()
