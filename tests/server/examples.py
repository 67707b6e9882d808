"""What a document shows, run as it stands: its blocks of shell, and programs beside the tests."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

from tests.server.api import Api

SERVER = Path(__file__).parents[2] / "server"


class Contract:
    """The page beside a surface's code: its text, and its one block of shell that is meant to be run."""

    def __init__(self, surface: str) -> None:
        self.text = (SERVER / surface / "README.md").read_text(encoding="utf-8")
        [self.example] = re.findall(r"<!-- run -->\n```sh\n(.*?)```", self.text, re.DOTALL)

    async def run(self, api: Api) -> list[str]:
        """Run the block in a shell; return the lines it prints, blank ones left out."""
        curl = shutil.which("curl")
        assert curl, "the contract is told with curl"
        path = f"{Path(curl).parent}:/usr/bin:/bin"
        script = f'curl() {{ command curl "$@"; echo; }}\n{self.example}'
        told = await output("bash", "-ec", script, URL=api.url, TOKEN=api.tokens["admin"], PATH=path)
        return [line for line in told.splitlines() if line]


async def output(*command: str, **environment: str) -> str:
    """What a program prints. It must succeed."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=environment or None
    )
    told, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return told.decode()
