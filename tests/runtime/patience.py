"""What the tests of the pool wait for."""

from runtime.pool import Pool
from tests.end_to_end.patience import until


async def settled(pool: Pool) -> None:
    """Every connection of the pool is back in it: idle, in no transaction, nothing bound."""

    async def all_are_free() -> bool:
        return pool.free == pool.open and not pool.waiting

    await until(all_are_free, f"{pool.open} connections open, {pool.free} free", pause=0.001)
