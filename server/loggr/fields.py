"""What a request brings: the fields of its query and of its form, as one.

Rule 1: a form is read from a body of `application/x-www-form-urlencoded`, or of no type at all. On a GET any other
        body means nothing and is left alone; on a POST it is refused.
Rule 2: what the form leaves out the query gives. A repeated field: the last counts. A blank one is absent.
Rule 3: `apikey` is a credential and never a field.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

import msgspec
from aiohttp import hdrs, web

from replay.errors import Invalid
from server.api.bodies import read_body
from server.questions.parameters import CREDENTIALS, MAX_PARAMETERS, query_items
from server.services.budget import Budget

FORM = "application/x-www-form-urlencoded"
MAX_FORM = 256 * 1024
"""The largest form, in bytes: more than every field at its longest, each character escaped."""

Fields = dict[str, str]


class Brought(msgspec.Struct, frozen=True):
    """The fields of a request, and the credentials of its form."""

    fields: Fields
    credentials: Fields


async def read_fields(request: web.Request, bodies: Budget) -> Brought:
    """What a request brings. Raises `Invalid` for a form that is none, `TooLarge`."""
    fields = dict(query_items(request.rel_url.raw_query_string))
    form = dict(_form_items(await _form(request, bodies)))
    credentials = {name: form.pop(name) for name in CREDENTIALS & form.keys()}
    given = {**fields, **form}
    return Brought({name: value for name, value in given.items() if value}, credentials)


async def _form(request: web.Request, bodies: Budget) -> bytes:
    if not request.can_read_body:
        return b""
    if hdrs.CONTENT_TYPE in request.headers and request.content_type != FORM:
        if request.method != hdrs.METH_POST:
            return b""
        raise Invalid("body", f"the body must be a form: send it as {FORM}")
    with bodies.hold() as hold:
        return await read_body(request, hold, limit=MAX_FORM)


def _form_items(form: bytes) -> list[tuple[str, str]]:
    try:
        text = form.decode()
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except UnicodeDecodeError:
        raise Invalid("body", "the form holds bytes or escapes that are not UTF-8") from None
    except ValueError:
        raise Invalid("body", f"the form has more than {MAX_PARAMETERS} fields") from None
