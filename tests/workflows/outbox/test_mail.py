import threading
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.db import connections
from django.utils import timezone

from tests.workflows.outbox.smtp import Mailbox, mail_server
from tests.workflows.toy.story import ada, district, errand
from workflows import engine
from workflows.outbox import commands, jobs
from workflows.outbox.drain import drain, release_leases
from workflows.outbox.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as server:
        yield server


def post(*, to: str = "dee@vendor.example", body: str = "Good day.", **rest: object) -> Message:
    row = commands.message(
        channel=Message.MAIL,
        topic="greeting",
        dedupe_key="greeting:1",
        tenant=district(),
        to=to,
        subject="A <greeting> & more",
        body=body,
        **rest,  # type: ignore[arg-type]
    )
    commands.post([row])
    return Message.objects.get(dedupe_key="greeting:1")


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return part.get_content()


def test_a_notice_of_a_move_reaches_its_audience(mailbox: Mailbox) -> None:
    subject = errand(title="Fox & Hare")
    engine.perform(engine.perform(subject, "hand_over", by=ada()), "finish", by=ada())
    assert drain() == {"done": 1}
    (mail,) = mailbox.mails
    assert mail["To"] == "ben@lupine.example"
    assert mail["Subject"] == "Fox & Hare is finished"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert text_of(mail) == "Dear Ben Ortiz,\n\nAda Osei finished Fox & Hare.\n"
    assert "<p>Ada Osei finished Fox &amp; Hare.</p>" in text_of(mail, "html")


def test_a_451_is_tried_again_and_keeps_its_message_id(mailbox: Mailbox) -> None:
    mailbox.says = ["451 Try again later"]
    row = post()
    now = timezone.now()
    assert drain(now) == {Message.RETRY: 1}
    row.refresh_from_db()
    assert (row.attempts, row.status, row.done_at) == (1, Message.RETRY, None)
    assert row.last_error.startswith("SMTPDataError: (451")
    assert row.send_after == now + timedelta(seconds=2)
    assert drain(now + timedelta(seconds=1)) == {}
    assert drain(now + timedelta(seconds=2)) == {"done": 1}
    row.refresh_from_db()
    assert (row.attempts, row.status, row.last_error) == (2, Message.DONE, "")
    (mail,) = mailbox.mails
    assert mail["Message-ID"] == "<56d7a8f3c26c35329280e47f33c5f7f6b24751b1@127.0.0.1>"


def test_an_address_the_server_does_not_know_is_a_dead_letter_at_once(mailbox: Mailbox) -> None:
    mailbox.unknown = {"dee@vendor.example"}
    row = post()
    assert drain() == {Message.FAILED: 1}
    row.refresh_from_db()
    assert row.last_error == "PermanentFault: The mail server does not know this address."


def test_a_mail_without_an_address_is_withheld(mailbox: Mailbox) -> None:
    row = post(to="")
    assert drain() == {Message.WITHHELD: 1}
    row.refresh_from_db()
    assert (row.status, row.attempts, row.done_at) == (Message.WITHHELD, 0, None)
    assert mailbox.mails == []


@pytest.fixture
def minted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(jobs, "_minters", {})
    made: list[str] = []

    @jobs.link_minter("signing")
    def mint(message: Message) -> str:
        made.append(f"http://127.0.0.1:8000/sign/{message.payload['link']['request']}-{len(made)}/")
        return made[-1]

    return made


def test_a_personal_link_is_only_in_the_sent_copy(mailbox: Mailbox, minted: list[str]) -> None:
    mailbox.says = ["451 Try again later"]
    body = "Sign here: [personal link]\nThank you."
    row = post(body=body, payload={"link": {"kind": "signing", "request": 7}, "link_at": [11]})
    now = timezone.now()
    drain(now)
    drain(now + timedelta(seconds=2))
    # The retry minted a new one; the first never reached anybody.
    assert minted == ["http://127.0.0.1:8000/sign/7-0/", "http://127.0.0.1:8000/sign/7-1/"]
    (mail,) = mailbox.mails
    assert text_of(mail).strip() == f"Sign here: {minted[1]}\nThank you."
    assert f'href="{minted[1]}"' in text_of(mail, "html")
    row.refresh_from_db()
    assert row.body == body
    kept = Message.objects.values_list()
    assert not any("/sign/" in str(value) for values in kept for value in values)


def test_a_promise_of_a_link_that_nobody_can_mint_is_never_sent(mailbox: Mailbox) -> None:
    row = post(body="Sign here: [personal link]", payload={"link_at": [11]})
    assert drain() == {Message.FAILED: 1}
    row.refresh_from_db()
    assert row.last_error.startswith("PermanentFault: The text promises a personal link")
    assert mailbox.mails == []


def test_the_same_words_typed_by_a_person_are_only_words(
    mailbox: Mailbox, minted: list[str]
) -> None:
    post(body="Dee asks: what is [personal link]?")
    assert drain() == {"done": 1}
    (mail,) = mailbox.mails
    assert text_of(mail).strip() == "Dee asks: what is [personal link]?"
    assert minted == []


def test_typed_words_beside_a_promised_link_make_no_second_one(
    mailbox: Mailbox, minted: list[str]
) -> None:
    row = commands.mail(
        case=errand(title="A [personal link] of chalk").case,
        folder="parcels/mail",
        name="parcel_offered",
        to="dee@vendor.example",
        context={"words": "[personal link] or [personal link]"},
        payload={"link": {"kind": "signing", "request": 7}},
        dedupe_key="offer",
    )
    commands.post([row])
    kept = "You wrote: [personal link] or [personal link]\nOpen: [personal link]\nThank you.\n"
    assert Message.objects.get(topic="parcel_offered").body == kept
    assert drain() == {"done": 1}
    (mail,) = mailbox.mails
    sent = "You wrote: [personal link] or [personal link]\nOpen: {}\nThank you.\n"
    assert text_of(mail) == sent.format("http://127.0.0.1:8000/sign/7-0/")
    assert len(minted) == 1
    assert Message.objects.get(topic="parcel_offered").body == kept


def test_a_worker_killed_while_sending_loses_nothing(mailbox: Mailbox) -> None:
    post()
    now = timezone.now()
    claimed = Message.objects.filter(dedupe_key="greeting:1")
    # What the claiming transaction leaves behind when the process dies right after it.
    claimed.update(
        status=Message.INFLIGHT,
        attempts=1,
        claimed_at=now,
        claimed_by="worker-1",
        send_after=now + timedelta(seconds=120),
    )
    assert drain(now + timedelta(seconds=119)) == {}
    assert drain(now + timedelta(seconds=120)) == {"done": 1}
    assert len(mailbox.mails) == 1


def test_a_worker_that_starts_again_takes_its_own_leases_back(mailbox: Mailbox) -> None:
    post()
    later = timezone.now() + timedelta(seconds=120)
    claimed = Message.objects.filter(dedupe_key="greeting:1")
    claimed.update(status=Message.INFLIGHT, attempts=1, claimed_by="embedded", send_after=later)
    assert release_leases("somebody-else") == 0
    assert release_leases("embedded") == 1
    assert drain() == {"done": 1}


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_jobs", {})


def job_row(name: str) -> Message:
    row = commands.message(channel=Message.JOB, topic=name, dedupe_key=f"job:{name}")
    commands.post([row])
    return Message.objects.get(dedupe_key=f"job:{name}")


@pytest.mark.usefixtures("registry")
def test_a_job_finishes_in_the_transaction_that_marks_it_done() -> None:
    @jobs.job("seal", lease_seconds=60)
    def seal(message: Message) -> jobs.Finish:
        def finish() -> None:
            message.case = None
            commands.post([commands.message(channel=Message.JOB, topic="x", dedupe_key="sealed")])

        return finish

    row = job_row("seal")
    now = timezone.now()
    assert drain(now, limit=1) == {"done": 1}
    row.refresh_from_db()
    assert row.done_at == now
    assert Message.objects.filter(dedupe_key="sealed").exists()


@pytest.mark.usefixtures("registry")
def test_a_finish_that_fails_undoes_the_done() -> None:
    @jobs.job("seal")
    def seal(message: Message) -> jobs.Finish:
        def finish() -> None:
            commands.post([commands.message(channel=Message.JOB, topic="x", dedupe_key="sealed")])
            raise RuntimeError("no paper left")

        return finish

    row = job_row("seal")
    assert drain() == {Message.RETRY: 1}
    row.refresh_from_db()
    assert (row.status, row.last_error) == (Message.RETRY, "RuntimeError: no paper left")
    assert not Message.objects.filter(dedupe_key="sealed").exists()


@pytest.mark.usefixtures("registry")
def test_a_worker_that_was_overtaken_writes_nothing() -> None:
    done: list[int] = []

    @jobs.job("slow", lease_seconds=60)
    def slow(message: Message) -> jobs.Finish:
        if message.attempts == 1:
            # While the first worker sleeps its lease runs out and a second does the work.
            drain(timezone.now() + timedelta(seconds=61))
        return lambda: done.append(message.attempts)

    row = job_row("slow")
    assert drain(limit=1) == {"overtaken": 1}
    row.refresh_from_db()
    assert done == [2]
    assert (row.status, row.attempts) == (Message.DONE, 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("registry")
def test_a_worker_of_before_a_new_round_writes_nothing_into_it() -> None:
    """A new round counts its attempts from one again, so their number alone tells no claim."""
    at_work, may_fail, first = threading.Event(), threading.Event(), []

    @jobs.job("slow", lease_seconds=60)
    def slow(message: Message) -> None:
        if message.claimed_by == "first":
            at_work.set()
            may_fail.wait(30)
            raise RuntimeError("no paper left")
        # In the midst of the new round the first worker comes to its end.
        may_fail.set()
        thread.join(30)

    def work() -> None:
        try:
            first.append(drain(worker="first"))
        finally:
            connections.close_all()

    row = job_row("slow")
    Message.objects.filter(pk=row.pk).update(attempts=2)
    thread = threading.Thread(target=work)
    thread.start()
    assert at_work.wait(30)
    Message.objects.filter(pk=row.pk).update(status=Message.FAILED, send_after=None)
    assert commands.retry(row.pk) is True
    assert (drain(worker="second"), first) == ({"done": 1}, [{"overtaken": 1}])
    row.refresh_from_db()
    assert (row.status, row.attempts, row.claimed_by, row.last_error) == ("done", 1, "second", "")


@pytest.mark.django_db(transaction=True)
def test_four_drains_at_once_send_each_mail_once(mailbox: Mailbox) -> None:
    rows = [
        commands.message(
            channel=Message.MAIL,
            topic="greeting",
            dedupe_key=f"greeting:{number}",
            to=f"p{number}@lupine.example",
            subject="Hello",
            body="Good day.",
        )
        for number in range(30)
    ]
    commands.post(rows)
    start, counts = threading.Barrier(4), []

    def run() -> None:
        try:
            start.wait()
            counts.append(drain()["done"])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 30
    assert len(mailbox.mails) == 30
    assert len({mail["To"] for mail in mailbox.mails}) == 30
    assert set(Message.objects.values_list("attempts", "status")) == {(1, Message.DONE)}
