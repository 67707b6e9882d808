"""The page: `/` and the files it is made of, as they lie in `server/web`. Public: it holds nothing of anybody's."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from aiohttp import hdrs, web

WEB = Path(str(files("server") / "web"))
STATIC = WEB / "static"
REVALIDATE = {hdrs.CACHE_CONTROL: "no-cache"}


async def show_page(_request: web.Request) -> web.Response:
    """`GET /`."""
    page = (WEB / "index.html").read_bytes()
    return web.Response(body=page, content_type="text/html", charset="utf-8", headers=REVALIDATE)


async def show_file(request: web.Request) -> web.StreamResponse:
    """`GET /static/{path}`: one of the page's own files, and nothing else on the disk."""
    path = _own_file(request.match_info["path"])
    if path is None:
        raise web.HTTPNotFound
    return web.FileResponse(path, headers=REVALIDATE)


def _own_file(name: str) -> Path | None:
    try:
        path = (STATIC / name).resolve()
        return path if path.is_relative_to(STATIC.resolve()) and path.is_file() else None
    except (ValueError, OSError):  # a name that no file can have: with a NUL, or too long
        return None
