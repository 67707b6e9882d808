"""Who may do what: tokens, the page's login, and the door that every request passes. See docs/access.md."""

from server.access.codes import login_link
from server.access.credentials import in_form
from server.access.errors import Forbidden, Misdirected, TooManyAttempts, Unauthorized
from server.access.hosts import check_bind, is_loopback
from server.access.identity import ROLES, Identity, Role
from server.access.login import log_in, log_out, show_login
from server.access.middleware import (
    ACCESS,
    IDENTITY,
    Access,
    guard,
    identify,
    identity_still_valid,
    require,
    scope,
)
from server.access.pages import Pages
from server.access.redaction import AccessLog, RedactingFormatter, UnreadableRequests, redact
from server.access.rows import Token
from server.access.tokens import FILE, NewToken, TokenStore

__all__ = [
    "ACCESS",
    "FILE",
    "IDENTITY",
    "ROLES",
    "Access",
    "AccessLog",
    "Forbidden",
    "Identity",
    "Misdirected",
    "NewToken",
    "Pages",
    "RedactingFormatter",
    "Role",
    "Token",
    "TokenStore",
    "TooManyAttempts",
    "Unauthorized",
    "UnreadableRequests",
    "check_bind",
    "guard",
    "identify",
    "identity_still_valid",
    "in_form",
    "is_loopback",
    "log_in",
    "log_out",
    "login_link",
    "redact",
    "require",
    "scope",
    "show_login",
]
