"""How the properties of the pure rules are tried."""

from hypothesis import HealthCheck, settings

# The same commit gives the same verdict, nothing stays behind, and a busy machine is no failure.
settings.register_profile(
    "rules", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("rules")
