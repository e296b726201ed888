"""The application in this process, as the API's tests have it."""

from tests.api.conftest import app, http, new_person, person, settings, stranger, world

__all__ = ["app", "http", "new_person", "person", "settings", "stranger", "world"]
