"""What a browser is told that Django does not tell it by itself."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from firstbell.web.provided import origins

#: Only our own files, forms that lead to us and to the providers to sign in at, nothing inline, and nobody puts our pages into theirs.
_CONTENT = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "form-action 'self'{origins}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def strict_headers(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """The middleware that adds the content policy, and keeps pages out of every cache."""
    content = _CONTENT.format(origins="".join(f" {origin}" for origin in origins()))

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers["Content-Security-Policy"] = content
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return answer
