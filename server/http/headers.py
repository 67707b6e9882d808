"""The headers that every answer carries, in one place.

Rule 1: no answer's type is guessed, framed by another site, or told to another site as a referrer.
Rule 2: what was read with a token is kept by no cache, unless the handler says how.
Rule 3: a page runs this server's own scripts and styles, and talks to this server alone.
"""

from __future__ import annotations

from aiohttp import hdrs, web

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ON_PAGES = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "media-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    ),
}
SERVER = "Playhead"
"""Instead of the versions of what it runs on."""
HTML = "text/html"


async def put_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Add them to an answer that is about to be sent; a handler's own value of one stays."""
    response.headers[hdrs.SERVER] = SERVER
    for name, value in EVERYWHERE.items():
        response.headers.setdefault(name, value)
    if response.content_type == HTML:
        for name, value in ON_PAGES.items():
            response.headers.setdefault(name, value)
    elif response.content_type.endswith("json"):
        response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
