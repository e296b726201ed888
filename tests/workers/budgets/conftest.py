"""The application in this process, as the API's tests have it."""

from tests.api.conftest import app, http, person, settings, stranger, world

__all__ = ["app", "http", "person", "settings", "stranger", "world"]
