"""Merchants."""

from api.fields import column
from api.node import Node, node_type
from api.scopes import requires
from domain.merchants import models
from domain.merchants.queries import merchants_by_ids


@requires("categories:read")
@node_type("mer", models.Merchant, by_ids=merchants_by_ids, description="Whom the household pays, or is paid by.")
class Merchant(Node):
    name: str = column("How the merchant is called.")
