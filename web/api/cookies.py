"""The cookie of a session: with its strict prefix over https; on plain http, in development, without."""

from datetime import timedelta

from fastapi import Request

from services.tenancy.sign_in.sessions import LONGEST

STRICT, PLAIN = "__Host-tandem", "tandem"
MOST_TOKEN = 100


def read_token(request: Request) -> str | None:
    """The token a browser has, if it has one."""
    token = request.cookies.get(_name(request))
    return token if token and len(token) <= MOST_TOKEN else None


def write_cookie(request: Request, token: str) -> str:
    """Have a browser keep a token, and show it to us alone."""
    return _write(request, token, LONGEST)


def drop_cookie(request: Request) -> str:
    """Have a browser forget its token."""
    return _write(request, "", timedelta(0))


def _write(request: Request, token: str, age: timedelta) -> str:
    secure = "; Secure" if _name(request) == STRICT else ""
    seconds = int(age.total_seconds())
    return f"{_name(request)}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def _name(request: Request) -> str:
    """As people reach us: what stands before us may have taken the encryption off."""
    public = request.app.state.db.env.public_url
    is_safe = public.startswith("https://") or request.url.scheme == "https"
    return STRICT if is_safe else PLAIN
