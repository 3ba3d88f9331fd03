"""Keys of endpoints, encrypted with a key of the installation, each together with the URL that it is for.

So a key that lies beside another URL, however it came there, is not sent to it.
"""

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class UnreadableKey(Exception):
    """The key of an endpoint cannot be used; the message says what to do."""


class Sealed(msgspec.Struct):
    url: str
    key: str


def seal(key: str, url: str) -> bytes:
    return vault().encrypt(msgspec.json.encode(Sealed(url, key)))


def unseal(sealed: bytes, url: str) -> str:
    """Raises `UnreadableKey` where it was sealed with another key of the installation, or for another URL."""
    try:
        found = msgspec.json.decode(vault().decrypt(sealed), type=Sealed)
    except InvalidToken:
        reason = "The key was encrypted with a FIELD_KEYS that this installation no longer has; enter it again."
        raise UnreadableKey(reason) from None
    if found.url != url:
        raise UnreadableKey("The key is for another URL; enter it again.")
    return found.key


def vault() -> MultiFernet:
    """The first of the installation's keys encrypts; all of them decrypt."""
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])
