"""Which of a household's rules decides."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.categories.rule_book import RuleBook
from domain.categories.rules import Rule, first_match

FOOD, HOME, FUN = UUID(int=1), UUID(int=2), UUID(int=3)
SHOP, CAFE = UUID(int=11), UUID(int=12)
WORDS = ("blue", "bottle", "shop")


def words(*given: str) -> frozenset[str]:
    return frozenset(given)


def test_the_first_rule_that_matches_decides() -> None:
    book = RuleBook([Rule(FOOD, words="blue bottle"), Rule(HOME, merchant_id=SHOP), Rule(FUN, words="blue")])

    assert book.category_for(SHOP, words("blue", "bottle")) == FOOD
    assert book.category_for(SHOP, words("blue")) == HOME
    assert book.category_for(CAFE, words("blue")) == FUN
    assert book.category_for(None, words("bottle")) is None


def test_a_rule_that_decides_no_category_lets_the_next_decide() -> None:
    assert RuleBook([Rule(None, merchant_id=SHOP), Rule(FUN, merchant_id=SHOP)]).category_for(SHOP, words()) == FUN


def test_rules_without_condition_never_match() -> None:
    assert RuleBook([Rule(FOOD), Rule(FOOD, words=" ")]).category_for(SHOP, words("blue")) is None


RULES = st.builds(
    Rule,
    st.sampled_from([FOOD, HOME, FUN, None]),
    merchant_id=st.sampled_from([None, SHOP, CAFE]),
    words=st.one_of(st.none(), st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)),
)


@given(st.lists(RULES, max_size=8), st.sampled_from([None, SHOP, CAFE]), st.frozensets(st.sampled_from(WORDS)))
def test_looking_up_finds_what_going_through_all_finds(
    rules: list[Rule], merchant_id: UUID | None, said: frozenset[str]
) -> None:
    assert RuleBook(rules).category_for(merchant_id, said) == first_match(rules, merchant_id, said)
