"""That the server's keys are those with which its data were made."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from domain.identity.models import KeyFingerprint
from runtime import clock
from runtime.keys import KeyProblem, Keys
from runtime.system import SystemDatabase


async def check_keys(system: SystemDatabase, keys: Keys) -> None:
    """Remember the keys that data will be made with from now on. Raises KeyProblem, naming the key, where there are
    data that were made with another."""
    async with system.system_session() as session:
        now = clock.now()
        for name, key in (("access", keys.access), ("vault", keys.vault[0])):
            known = set(await session.scalars(select(KeyFingerprint.key_id).where(KeyFingerprint.name == name)))
            ours = {one.id for one in keys.vault} if name == "vault" else {key.id}
            if not known <= ours:
                variable = "COFFER_VAULT_KEY" if name == "vault" else "COFFER_ACCESS_KEY"
                raise KeyProblem(
                    f"the {name} key ({variable}) does not fit this database: it was made with {sorted(known - ours)}, "
                    f"this server has {sorted(ours)}"
                )
            if key.id not in known:
                new = {"name": name, "key_id": key.id, "first_seen_at": now}
                await session.execute(insert(KeyFingerprint).values(new).on_conflict_do_nothing())
