"""A household's merchants."""

from domain.merchants.models import Merchant
from domain.rows import OneByKey
from runtime.statements import HOUSEHOLD

merchants_by_ids = OneByKey[Merchant](Merchant, Merchant.id, Merchant.household_id == HOUSEHOLD)
