"""What people set for themselves: their name, light or dark, and the keys of the desk.

Keys come from browsers and go to browsers, so they are as hostile as any other input. Their shape is checked here
and by the database; which actions there are is the page's business, which ignores what it does not know.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from annotation.models import Theme, User

Action = Annotated[str, Meta(pattern=r"\A[a-z]{1,24}\Z")]
Key = Annotated[str, Meta(min_length=1, max_length=16)]
KeyMap = dict[Action, Annotated[list[Key], Meta(max_length=2)]]
LONGEST = 4000  # characters of JSON, on the wire and in the database
MOST_ACTIONS = 40
DECODER: msgspec.json.Decoder[KeyMap] = msgspec.json.Decoder(KeyMap)


class BadKeysError(ValueError):
    """These are no keys for actions; says why."""


def key_map(text: str) -> KeyMap:
    """The keys that a person gives to actions, from JSON: at most two each, none twice; [] is an action without.

    Raises BadKeysError.
    """
    if len(text) > LONGEST:
        raise BadKeysError("too long")
    try:
        keys = DECODER.decode(text)
    except (msgspec.MsgspecError, UnicodeEncodeError) as error:
        raise BadKeysError("not a map of actions to keys") from error
    check_keys(keys)
    return keys


def check_keys(keys: KeyMap) -> None:
    given = [key for some in keys.values() for key in some]
    if len(keys) > MOST_ACTIONS:
        raise BadKeysError("too many actions")
    if not all(is_key(key) for key in given):
        raise BadKeysError("not a key")
    if len(set(given)) < len(given):
        raise BadKeysError("one key for two things")


def is_key(key: str) -> bool:
    """Whether browsers have such a key: one printable character, or a name like ArrowUp."""
    return key.isprintable() if len(key) == 1 else key.isascii() and key.isalnum() and key[0].isupper()


def set_keys(*, user: User, keys: KeyMap) -> None:
    """Keep the keys; one UPDATE of this column alone. An empty map stands for the usual keys."""
    User.objects.filter(pk=user.pk).update(keys=keys)


def set_profile(*, user: User, name: str, theme: Theme) -> None:
    """One UPDATE of these columns alone, so that a new password in another window is not undone."""
    User.objects.filter(pk=user.pk).update(name=name, theme=theme)
