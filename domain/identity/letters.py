"""What mails to people say, in plain words."""

from domain.mail.outbox import Mail


def verification(to: str, token: str, url: str, hours: int) -> Mail:
    return Mail(
        to,
        "Coffer: is this your e-mail address?",
        f"Somebody, most likely you, uses this address at Coffer. To say that it is yours:\n\n"
        f"{_way(url, 'verify-email', token)}\n\n"
        f"This holds for {hours} hours, and once. If it was not you, there is nothing to do.\n",
    )


def reset(to: str, token: str, url: str, minutes: int) -> Mail:
    return Mail(
        to,
        "Coffer: a new password",
        f"Somebody, most likely you, wants a new password for Coffer. To choose one:\n\n"
        f"{_way(url, 'reset-password', token)}\n\n"
        f"This holds for {minutes} minutes, and once. All sessions end when it is used. If it was not you, there is "
        "nothing to do: your password stays as it is.\n",
    )


def change(to: str, token: str, url: str, hours: int) -> Mail:
    return Mail(
        to,
        "Coffer: sign in with this e-mail address?",
        f"Somebody, most likely you, wants to sign in to Coffer with this address from now on. To agree:\n\n"
        f"{_way(url, 'verify-email', token)}\n\n"
        f"This holds for {hours} hours, and once. If it was not you, there is nothing to do.\n",
    )


def taken(to: str) -> Mail:
    return Mail(
        to,
        "Coffer: this address has an account already",
        "Somebody asked to use this address for another account at Coffer. Nothing was changed: it belongs to an "
        "account already. If that was you, sign in with this address, or give it another one first.\n",
    )


def _way(url: str, path: str, token: str) -> str:
    """A link to the operator's client, if there is one: behind the #, where no server and no other site sees it."""
    return f"{url}/{path}#token={token}" if url else f"Give your application this code: {token}"
