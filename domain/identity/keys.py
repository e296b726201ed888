"""That the server's keys are those with which its data were made."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from domain.identity.models import KeyFingerprint
from runtime import clock
from runtime.keys import KeyProblem, Keys
from runtime.system import SystemDatabase


async def check_keys(system: SystemDatabase, keys: Keys) -> None:
    """Remember the keys that data will be made with from now on. Raises KeyProblem, naming the key, where there are
    data that were made with another.

    Tokens live for minutes: of the keys that sign them, the newest that is known must be there. Sealed data stay: all
    vault keys that are known must be there, until `coffer rotate-keys` has them forgotten.
    """
    async with system.system_session() as session:
        now = clock.now()
        for name, variable, ring in (
            ("access", "COFFER_ACCESS_KEY", keys.access),
            ("vault", "COFFER_VAULT_KEY", keys.vault),
        ):
            of_ring = select(KeyFingerprint.key_id).where(KeyFingerprint.name == name)
            known = (await session.scalars(of_ring.order_by(KeyFingerprint.first_seen_at.desc()))).all()
            ours = {key.id for key in ring}
            foreign = set(known if name == "vault" else known[:1]) - ours
            if foreign:
                raise KeyProblem(
                    f"the {name} key ({variable}) does not fit this database: it was made with {sorted(foreign)}, "
                    f"this server has {sorted(ours)}"
                )
            if ring[0].id not in known:
                new = {"name": name, "key_id": ring[0].id, "first_seen_at": now}
                await session.execute(insert(KeyFingerprint).values(new).on_conflict_do_nothing())
