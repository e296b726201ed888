"""People that the viewer may see."""

from domain.identity.models import User
from domain.rows import OneByKey

users_by_ids = OneByKey[User](User, User.id)
