"""The hub's own addresses: settings decide them, and never the `Host` of a request alone.

Anybody can send any `Host`; a page with a link to that host would stay in caches for others. And
anybody's domain can lead a browser here, with a `Host` that agrees with the `Origin` of its page.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.types import Scope

from hub.settings import Settings
from schema.server.requests import header, with_client_scheme


class BaseUrls:
    """Replaces what a request says about its address, so that `request.base_url` can be trusted.

    In this order: a `Host` of HUB_ALLOWED_HOSTS; HUB_SITE_URL, if it is set; the first of
    HUB_ALLOWED_HOSTS; the address on which the server received the request.
    """

    def __init__(self, settings: Settings) -> None:
        self._proxies = settings.proxies
        self._other_origins = settings.cors_origins
        self._hosts = [host.lower() for host in settings.allowed_hosts]
        is_set = "site_url" in settings.model_fields_set
        site = urlsplit(settings.site_url if is_set else "")
        self._site = site if site.scheme in ("http", "https") and site.netloc else None

    def apply(self, scope: Scope) -> Scope:
        """Return the scope of an HTTP request with its public scheme, host and path prefix."""
        scope = with_client_scheme(scope, self._proxies)
        scheme, prefix = scope["scheme"], ""
        host = header(scope, b"host").lower()
        if host not in self._hosts:
            if self._site is not None:
                scheme, host = self._site.scheme, self._site.netloc
                prefix = self._site.path.rstrip("/")
            else:
                host = self._hosts[0] if self._hosts else _listening_address(scope)
        headers = [(b"host", host.encode("latin-1", "replace"))]
        headers += [(name, value) for name, value in scope["headers"] if name != b"host"]
        return {**scope, "scheme": scheme, "headers": headers, "app_root_path": prefix}

    def admits(self, origin: str | None, host: str) -> bool:
        """Tell whether a page of this origin may open a websocket; clients without one may.

        The pages of the hub itself may, at HUB_SITE_URL and HUB_ALLOWED_HOSTS, and those of
        HUB_CORS_ORIGINS. The request's own `Host` is one only as `localhost` or an IP address:
        anybody's domain may lead to this server.
        """
        if origin is None or "*" in self._other_origins or origin in self._other_origins:
            return True
        try:
            parts = urlsplit(origin.lower())
            netloc, name = parts.netloc, parts.hostname or ""
        except ValueError:
            return False
        if parts.scheme not in ("http", "https") or not netloc:
            return False
        default_port = {"http": ":80", "https": ":443"}[parts.scheme]
        names = {netloc, netloc.removesuffix(default_port), netloc + default_port}
        is_site = (
            self._site is not None
            and parts.scheme == self._site.scheme
            and self._site.netloc.lower() in names
        )
        is_host = not names.isdisjoint(self._hosts)
        return is_site or is_host or (host.lower() in names and _is_no_domain(name))


def _is_no_domain(name: str) -> bool:
    """Tell whether no name server decides where a host is."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _listening_address(scope: Scope) -> str:
    host, port = scope.get("server") or ("127.0.0.1", None)
    if ":" in host:
        host = f"[{host}]"
    default_port = {"http": 80, "https": 443}.get(scope["scheme"])
    return host if port in (None, default_port) else f"{host}:{port}"
