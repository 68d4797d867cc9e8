"""What sets the first and the last day of an agreement, and who may read its dates."""

from contracts.agreements import queries
from contracts.agreements.commands.term import ENDS, STARTS
from contracts.agreements.models import Agreement
from contracts.agreements.rules import end_of_term
from vetting.policy.origins import reads, sets
from vetting.policy.rules.explanation import Ground
from workflows.actors import Actor
from workflows.clock.words import day_words
from workflows.lifecycles.agreement import AGREEMENT


@reads(AGREEMENT)
def agreement_to_read(actor: Actor, code: str) -> Agreement:
    return queries.agreement_for(actor, code)


@sets(AGREEMENT, ENDS)
def last_day(agreement: Agreement) -> Ground | None:
    """The sum of the term, where nothing has changed the end since."""
    start, end, months = agreement.effective_from, agreement.ends_on, agreement.term_months
    if end is None:
        return None
    if start is None or end_of_term(start, months) != end:
        words = f"The last day that the agreement names is {day_words(end)}, until its very end."
        return Ground(words, end)
    words = (
        f"It took effect on {day_words(start)} for a term of {months} months: the last day is the "
        f"one before the same day {months} months later, {day_words(end)}, until its very end."
    )
    return Ground(words, end, start, months, whole=True)


@sets(AGREEMENT, STARTS)
def first_day(agreement: Agreement) -> Ground | None:
    start = agreement.effective_from
    if start is None:
        return None
    return Ground(f"The first day that the agreement names is {day_words(start)}, at 00:00.", start)
