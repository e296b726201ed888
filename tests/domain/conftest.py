"""How the properties of the pure rules are tried; and a database with viewers for what is not pure."""

from hypothesis import HealthCheck, settings

from tests.runtime.conftest import database, new_viewer, system, viewer

__all__ = ["database", "new_viewer", "system", "viewer"]

# The same commit gives the same verdict, nothing stays behind, and a busy machine is no failure.
settings.register_profile(
    "rules", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("rules")
