-- What the product keeps beside transactions, as it would have kept it. Spending is cli/sums.py's own statement.
update accounts a set balance = coalesce(
    (select sum(t.amount) from transactions t where (t.household_id, t.account_id) = (a.household_id, a.id)), 0
);

insert into daily_balances (household_id, account_id, day, balance)
select household_id, account_id, date,
    balance - coalesce(sum(amount) over (
        partition by household_id, account_id order by date desc rows between unbounded preceding and 1 preceding
    ), 0)
from (
    select t.household_id, t.account_id, t.date, a.balance, sum(t.amount) as amount
    from transactions t join accounts a on (a.household_id, a.id) = (t.household_id, t.account_id)
    where t.date >= date '2026-07-01'
    group by 1, 2, 3, 4
) as days
