"""What the database must not show to who reads it: sealed with the key that signs sessions."""

from base64 import urlsafe_b64encode
from enum import StrEnum

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Purpose(StrEnum):
    """What is sealed; what was sealed for one purpose cannot be read for another."""

    SECOND_FACTORS = "firstbell: second factors"
    SOURCES = "firstbell: sources"


def seal(text: str, purpose: Purpose) -> str:
    """A text that only a process with `SECRET_KEY` can read."""
    return _keys(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: Purpose) -> str:
    """The text that was sealed for a purpose, also with a key before.

    Raises:
        cryptography.fernet.InvalidToken: It was sealed with a key that nobody has any more.
    """
    return _keys(purpose).decrypt(sealed.encode()).decode()


def _keys(purpose: Purpose) -> MultiFernet:
    return MultiFernet(
        Fernet(urlsafe_b64encode(HKDF(SHA256(), 32, None, purpose.encode()).derive(key.encode())))
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )
