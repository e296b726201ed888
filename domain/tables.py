"""Every model of the house, imported, for migrations and for the tests that hold all tables to one rule."""

import importlib
import pkgutil

from sqlalchemy import MetaData

import domain
import runtime.journal
import runtime.table_versions  # noqa: F401 (likewise)
from runtime.tables import Model


def metadata() -> MetaData:
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        if module.name.endswith(".models"):
            importlib.import_module(module.name)
    return Model.metadata


def models() -> list[type[Model]]:
    """All tables, in an order in which they can be made."""
    tables = metadata().sorted_tables
    by_name = {model.__tablename__: model for model in Model.__subclasses__()}
    return [by_name[table.name] for table in tables]
