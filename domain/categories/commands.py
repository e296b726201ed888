"""Choosing categories, and making and deleting the rules that choose them."""

from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from domain.categories.models import CategoryRule
from domain.categories.queries import CategoryRow, categories_by_ids
from domain.events import CategoryRuleChanged, CategoryRuleDeleted, CategoryRuleMade
from domain.mistakes import not_found, too_many
from runtime.ids import new_id
from runtime.unit import TryAgain, Unit

MOST_RULES = 1_000


async def require_category(unit: Unit, category_id: UUID, *path: str) -> CategoryRow:
    """NOT_FOUND at `path` for one that the household cannot use."""
    category = (await categories_by_ids.of_unit(unit, [category_id])).get(category_id)
    if category is None:
        raise not_found("There is no such category.", *path)
    return category


async def make_rule(
    unit: Unit, *, category_id: UUID, merchant_id: UUID | None = None, words: str | None = None
) -> UUID:
    """A rule for a merchant, or else for words; it runs before all others, because it is the person's last word.

    A rule for the same becomes this one. TOO_MANY beyond 1,000 rules.
    """
    condition = CategoryRule.words == words if merchant_id is None else CategoryRule.merchant_id == merchant_id
    mine = CategoryRule.household_id == unit.household_id
    found = select(CategoryRule).where(mine, condition).with_for_update()
    rule = (await unit.session.scalars(found)).one_or_none()
    # After the lock: a rule that was waited for is counted.
    first, count = (await unit.session.execute(select(func.min(CategoryRule.position), func.count()).where(mine))).one()
    if rule is not None:
        position = rule.position if rule.position == first else first - 1
        before = {"category_id": rule.category_id, "position": rule.position}
        after = {"category_id": category_id, "position": position}
        if before != after:
            rule.category_id, rule.position = category_id, position
            unit.record(CategoryRuleChanged(ids=[rule.id], data={"before": before, "after": after}))
        return rule.id
    if count >= MOST_RULES:
        raise too_many(f"A household has at most {MOST_RULES} rules: delete one first.", "input", "always")
    made = await unit.session.execute(
        insert(CategoryRule)
        .values(
            household_id=unit.household_id,
            id=new_id(),
            position=1 if first is None else first - 1,
            merchant_id=merchant_id,
            words=words,
            category_id=category_id,
            created_at=unit.at,
        )
        .on_conflict_do_nothing()
        .returning(CategoryRule.id)
    )
    if (rule_id := made.scalar_one_or_none()) is None:
        raise TryAgain
    unit.record(CategoryRuleMade(ids=[rule_id]))
    return rule_id


async def delete_category_rule(unit: Unit, rule_id: UUID) -> UUID:
    """What it has decided stays decided."""
    deleted = await unit.session.execute(
        delete(CategoryRule)
        .where(CategoryRule.household_id == unit.household_id, CategoryRule.id == rule_id)
        .returning(CategoryRule.merchant_id, CategoryRule.words, CategoryRule.category_id)
    )
    if (rule := deleted.one_or_none()) is None:
        raise not_found("There is no such rule.", "input", "ruleId")
    unit.record(CategoryRuleDeleted(ids=[rule_id], data={"before": rule._asdict()}))
    return rule_id
