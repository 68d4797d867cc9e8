from datetime import UTC, date, datetime

from workflows.cases import Tenant


def test_a_districts_day_is_the_one_on_its_own_wall() -> None:
    denver, guam = Tenant(zone="America/Denver"), Tenant(zone="Pacific/Guam")
    late = datetime(2026, 11, 21, 3, tzinfo=UTC)
    assert denver.day_of(late) == date(2026, 11, 20)
    assert guam.day_of(late) == date(2026, 11, 21)
    assert guam.day_of(datetime(2026, 11, 21, 14, tzinfo=UTC)) == date(2026, 11, 22)
