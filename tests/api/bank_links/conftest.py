"""Every test of links has a bank of its own."""

from tests.banking import app, bank, listener, served, settings, worker

__all__ = ["app", "bank", "listener", "served", "settings", "worker"]
