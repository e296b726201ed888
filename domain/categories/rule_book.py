"""A household's rules, laid out so that a transaction is held only against those that could match it."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from domain.categories.rules import Rule, first_match

_Numbered = tuple[int, Rule]


class RuleBook:
    """Rules in the order in which they run."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._of_merchant: dict[UUID, list[_Numbered]] = defaultdict(list)
        self._of_word: dict[str, list[_Numbered]] = defaultdict(list)
        for numbered in enumerate(rules):
            rule = numbered[1]
            if rule.merchant_id is not None:
                self._of_merchant[rule.merchant_id].append(numbered)
            elif rule.words and rule.words.strip():
                # All of its words must be there, so looking it up by one of them finds it.
                self._of_word[rule.words.split()[0]].append(numbered)

    @property
    def asks_for_words(self) -> bool:
        return bool(self._of_word)

    def category_for(self, merchant_id: UUID | None, words: frozenset[str]) -> UUID | None:
        """What the first matching rule says; null where none decides. `words` are the `description_words`."""
        candidates = list(self._of_merchant.get(merchant_id, ())) if merchant_id is not None else []
        if self._of_word:
            candidates += [numbered for word in words for numbered in self._of_word.get(word, ())]
        candidates.sort(key=lambda numbered: numbered[0])
        return first_match((rule for _, rule in candidates), merchant_id, words)
