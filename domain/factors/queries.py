"""A person's own factors and linked accounts."""

from domain.factors.models import Factor, LinkedSignIn
from domain.rows import ListByKey, OneByKey

factors_by_ids = OneByKey[Factor](Factor, Factor.id)
factors_by_user = ListByKey(
    Factor, Factor.user_id, Factor.confirmed_at.is_not(None), order=(Factor.created_at, Factor.id)
)
linked_sign_ins_by_ids = OneByKey[LinkedSignIn](LinkedSignIn, LinkedSignIn.id)
linked_sign_ins_by_user = ListByKey(
    LinkedSignIn, LinkedSignIn.user_id, order=(LinkedSignIn.created_at, LinkedSignIn.id)
)
