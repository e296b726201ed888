"""The catalogue: everything the journal can say, on one page. It feeds subscriptions, reactions and webhooks.

A name is in the past tense. `subject` is the type in the public schema whose objects changed; `change` is how.
"""

from runtime.facts import Change, Fact

CREATED, UPDATED, DELETED = Change.CREATED, Change.UPDATED, Change.DELETED


class ProfileUpdated(Fact, subject="User", change=UPDATED): ...


class PersonalDataErased(Fact, subject="User", change=DELETED):
    """data: {"lines": [[first, last], …]}: the numbers of the lines whose content was erased. Others may not be blank.

    In a group's journal the member's id stands for the person.
    """


class HouseholdUpdated(Fact, subject="Household", change=UPDATED): ...


class MemberInvited(Fact, subject="Household", change=UPDATED):
    """data: {"invitation": id, "role"}."""


class InvitationWithdrawn(Fact, subject="Household", change=UPDATED):
    """data: {"invitation": id}."""


class MemberJoined(Fact, subject="Household", change=UPDATED):
    """data: {"person": id, "role"}."""


class MemberRoleChanged(Fact, subject="Household", change=UPDATED):
    """data: {"person": id, "role": {"before", "after"}}."""


class MemberLeft(Fact, subject="Household", change=UPDATED):
    """data: {"person": id}: they left, or were removed."""


class AccountOpened(Fact, subject="Account", change=CREATED): ...


class AccountUpdated(Fact, subject="Account", change=UPDATED): ...


class AccountShared(Fact, subject="Account", change=UPDATED):
    """data: {"sharing": {"before", "after"}}."""


class AccountClosed(Fact, subject="Account", change=UPDATED): ...


class AccountDeleted(Fact, subject="Account", change=DELETED): ...


class BalanceChanged(Fact, subject="Account", change=UPDATED):
    """data: {"balance", "currency"} as of the event; one account a line."""


class TransactionsAdded(Fact, subject="Transaction", change=CREATED): ...


class TransactionsModified(Fact, subject="Transaction", change=UPDATED): ...


class TransactionCategorized(Fact, subject="Transaction", change=UPDATED): ...


class TransactionsRemoved(Fact, subject="Transaction", change=DELETED): ...


class CategoryRuleMade(Fact, subject="CategoryRule", change=CREATED): ...


class CategoryRuleChanged(Fact, subject="CategoryRule", change=UPDATED): ...


class CategoryRuleDeleted(Fact, subject="CategoryRule", change=DELETED): ...


class BankLinked(Fact, subject="BankLink", change=CREATED): ...


class BankLinkChanged(Fact, subject="BankLink", change=UPDATED): ...


class BankUnlinked(Fact, subject="BankLink", change=UPDATED): ...


class SyncStarted(Fact, subject="Sync", change=CREATED): ...


class SyncFinished(Fact, subject="Sync", change=UPDATED): ...


class StatementImportStarted(Fact, subject="StatementImport", change=CREATED): ...


class StatementImportChanged(Fact, subject="StatementImport", change=UPDATED): ...


class BudgetCreated(Fact, subject="Budget", change=CREATED): ...


class BudgetUpdated(Fact, subject="Budget", change=UPDATED): ...


class BudgetDeleted(Fact, subject="Budget", change=DELETED): ...


class GoalCreated(Fact, subject="Goal", change=CREATED): ...


class GoalUpdated(Fact, subject="Goal", change=UPDATED): ...


class GoalArchived(Fact, subject="Goal", change=UPDATED): ...


class GoalContributed(Fact, subject="GoalContribution", change=CREATED):
    """data: {"goal": id, "amount", "currency", "saved"}."""


class GroupFounded(Fact, subject="SavingsGroup", change=CREATED): ...


class GroupChanged(Fact, subject="SavingsGroup", change=UPDATED): ...


class GroupJoined(Fact, subject="SavingsGroupMember", change=CREATED): ...


class GroupLeft(Fact, subject="SavingsGroupMember", change=UPDATED): ...


class GroupMemberRenamed(Fact, subject="SavingsGroupMember", change=UPDATED): ...


class GroupContributed(Fact, subject="GroupContribution", change=CREATED):
    """data: {"member": id, "amount", "currency", "saved"}."""


class GroupMilestoneReached(Fact, subject="SavingsGroup", change=UPDATED):
    """data: {"milestone": 25 | 50 | 75 | 100}."""


class NotificationArrived(Fact, subject="Notification", change=CREATED):
    """data: {"person": id}: it is that person's alone."""


class NotificationRead(Fact, subject="Notification", change=UPDATED):
    """data: {"person": id}."""
