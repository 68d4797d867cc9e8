from tests.workflows.deals.lifecycle import DEAL, IN_FORCE
from workflows.outbox.reactions import Event, on


@on(DEAL, enters=IN_FORCE)
def tell_the_requests(event: Event) -> None:
    """Its message is written and timed; what it would do belongs to another room."""
