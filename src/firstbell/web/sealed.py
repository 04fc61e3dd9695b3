"""What the database must not show to who reads it: sealed with the key that signs sessions."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_PURPOSE = b"firstbell: second factors"


def seal(text: str) -> str:
    """A text that only a process with `SECRET_KEY` can read."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text that was sealed, also with a key before.

    Raises:
        cryptography.fernet.InvalidToken: It was sealed with a key that nobody has any more.
    """
    return _keys().decrypt(sealed.encode()).decode()


def _keys() -> MultiFernet:
    return MultiFernet(
        Fernet(urlsafe_b64encode(HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(key.encode())))
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )
