"""The door: every request has an identity before any handler sees it.

Rule 1: a request needs a token, on loopback too, except for the public paths: `/`, `/static/`, `/login`,
        `/healthz`. The path looked at is the one that the router matches.
Rule 2: the name in `Host` is checked first, on the public paths too.
Rule 3: what a cookie carries writes only from this server's own pages (`Origin`).
Rule 4: a handler names the role it needs (`require`) and the log (`scope`, `Identity.check`); nothing here
        decides by path what a caller may do.
Rule 5: a stream asks `identity_still_valid` as it goes, and ends when it says no.
"""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web
from aiohttp.typedefs import Handler

from replay.clock import Clock, now
from replay.errors import Unavailable
from server.access import secret
from server.access.attempts import Attempts
from server.access.codes import Codes
from server.access.credentials import FORMS, Credential, find
from server.access.errors import Forbidden, Unauthorized
from server.access.hosts import Hosts
from server.access.identity import Identity, Role, in_order
from server.access.origin import SAFE, cookie_name, same_origin
from server.access.pages import BY_CODE, Pages
from server.access.rows import Page
from server.access.tokens import TokenStore

PUBLIC = frozenset({"/", "/login", "/healthz"})
PUBLIC_FOLDER = "/static/"


class Access:
    """What the door knows: the tokens, the page's codes and logins, the names of this server.

    Under the paths that begin with one of `forms`, a request without any other credential reaches its
    handler, where there is one, without an identity: the handler reads the form, calls `identify` and then, like
    all, `require`.
    """

    def __init__(
        self,
        tokens: TokenStore,
        *,
        hosts: Iterable[str] = (),
        forms: Iterable[str] = (),
        clock: Clock = now,
    ) -> None:
        self.tokens = tokens
        self.hosts = Hosts(hosts)
        self.forms = tuple(forms)
        self.codes = Codes(clock)
        self.pages = Pages(tokens.kept, clock)
        self.attempts = Attempts(clock)

    async def bearer(self, page: Page) -> Identity | None:
        """Whose page this is, as of now; None once its token is revoked."""
        return BY_CODE if page.token is None else await self.tokens.identity(page.token)


ACCESS = web.AppKey("access", Access)
IDENTITY = web.RequestKey("identity", Identity)
PAGE = web.RequestKey("page", Page)


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request through to its handler, with its `IDENTITY`, or raise what is wrong with it."""
    access = request.app[ACCESS]
    access.hosts.check(request)
    if not is_public(request):
        credential = find(request, cookie_name(request))
        if credential is not None:
            await identify(request, credential)
        elif not request.rel_url.path_safe.startswith(access.forms) or request.match_info.http_exception:
            raise _nobody()
    return await handler(request)


def is_public(request: web.Request) -> bool:
    """Whether a request needs no token."""
    path = request.rel_url.path_safe
    return path in PUBLIC or path.startswith(PUBLIC_FOLDER)


async def identify(request: web.Request, credential: Credential) -> Identity:
    """Find out who sent a credential, and keep the answer in the request.

    Raises `Unauthorized` when it does not hold, `Forbidden` for a cookie's write from elsewhere,
    `Unavailable` when the tokens cannot be read.
    """
    access = request.app[ACCESS]
    if credential.way == "cookie":
        identity = await _by_cookie(request, access, credential.secret)
    else:
        identity = await by_token(access, credential.secret)
    request[IDENTITY] = identity
    return identity


async def by_token(access: Access, text: str) -> Identity:
    """The bearer of a token. Raises `Unauthorized` saying what is wrong with it."""
    identity = await access.tokens.authenticate(text)
    if identity is None:
        raise Unauthorized(f"the token {secret.fault(text) or 'is unknown or was revoked'}")
    return identity


def require(request: web.Request, role: Role) -> Identity:
    """Who asks, if they hold a role. Raises `Unauthorized` for nobody, `Forbidden` without the role."""
    if IDENTITY not in request:
        raise _nobody()
    identity = request[IDENTITY]
    if not identity.allows(role):
        held = ", ".join(in_order(identity.roles))
        raise Forbidden(f"this needs the role {role}; the token {identity.name!r} has {held}")
    return identity


def scope(request: web.Request, log: str | None = None) -> str:
    """The one log that a request is about: `log`, else `?log=`, else by the rule for one log.

    Raises `Invalid` for a name that is none, `Forbidden` for a log that the token may not use.
    """
    return request[IDENTITY].one_log(log or request.query.get("log"))


async def identity_still_valid(request: web.Request) -> bool:
    """Whether a request that was let in would be let in now: its token not revoked, its page not logged out.

    Costs a few microseconds while nothing changed. False too when the tokens cannot be read.
    """
    access = request.app[ACCESS]
    page = request.get(PAGE)
    try:
        if page is None:
            return await access.tokens.identity(request[IDENTITY].token) is not None
        return await access.pages.get(page.key) is not None and await access.bearer(page) is not None
    except Unavailable:
        return False


async def _by_cookie(request: web.Request, access: Access, text: str) -> Identity:
    page = await access.pages.find(text)
    identity = None if page is None else await access.bearer(page)
    if page is None or identity is None:
        raise Unauthorized("this page is logged out: log in again")
    if request.method not in SAFE and not same_origin(request):
        raise Forbidden("a write with the page's cookie needs the Origin of this server's own page")
    request[PAGE] = page
    return identity


def _nobody() -> Unauthorized:
    return Unauthorized(f"a token is needed: send it as {FORMS}", given=False)
