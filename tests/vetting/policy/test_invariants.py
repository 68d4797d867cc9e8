"""An evaluation that was kept comes out again, or somebody hears of it."""

import pytest

from tests.factories import people, requests
from vetting.people.queries import actor_of
from vetting.policy.commands.evaluating import evaluate_case
from vetting.policy.commands.loading import load_packs
from vetting.policy.invariants import an_evaluation_comes_out_again
from vetting.policy.models import Evaluated
from workflows.stateful import Stateful

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> Evaluated:
    load_packs()
    return again(requests.in_triage())


def again(subject: Stateful) -> Evaluated:
    facts = {"student_data": True, "terms": "click_wrap", "breach": False}
    by, here = actor_of(people.sol()), people.district()
    evaluate_case(subject, district=here, facts=facts, by=by, why="tests")
    return Evaluated.objects.order_by("-pk")[0]


def copy_of(row: Evaluated, **changed: object) -> Evaluated:
    """One more row: those that are kept never change."""
    kept = {f.attname: getattr(row, f.attname) for f in Evaluated._meta.fields if f.name != "id"}
    return Evaluated.objects.create(**(kept | changed))


def test_what_is_true_is_silent(kept: Evaluated) -> None:
    assert kept.packs["co-sdtsa"]
    assert list(an_evaluation_comes_out_again()) == []


def test_a_wrong_row_is_found(kept: Evaluated) -> None:
    copy_of(kept, found=kept.found | {"class": "exempt"})
    ((case, said),) = an_evaluation_comes_out_again()
    assert (case, said) == (
        kept.case_id, "What the rules said of it comes out otherwise when it is made again.",
    )  # fmt: skip


def test_what_an_earlier_release_reckoned_is_no_fault(kept: Evaluated) -> None:
    older = {name: said for name, said in kept.found.items() if name != "revision"}
    copy_of(kept, found=older | {"class": "exempt"})
    assert list(an_evaluation_comes_out_again()) == []
    copy_of(kept, found=kept.found | {"class": "exempt", "revision": 0})
    assert list(an_evaluation_comes_out_again()) == []


def test_a_text_that_is_gone_is_found(kept: Evaluated) -> None:
    copy_of(kept, packs={"co-sdtsa": "0" * 64})
    ((_, said),) = an_evaluation_comes_out_again()
    assert said.endswith("The version that was used is not at hand of: co-sdtsa.")


def test_only_the_newest_of_a_case_is_made_again(kept: Evaluated) -> None:
    copy_of(kept, found=kept.found | {"class": "exempt"})
    copy_of(kept)
    assert list(an_evaluation_comes_out_again()) == []
