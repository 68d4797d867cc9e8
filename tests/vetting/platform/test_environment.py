import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from vetting import environment as env

HOUSE = Path(__file__).parents[3]
SECRET = "a-secret-that-no-sentence-may-repeat-0123456789-abcdefgh"
GOOD = {
    "COUNTERSIGN_PRODUCTION": "1",
    "COUNTERSIGN_ALLOWED_HOSTS": "vetting.district.example",
    "COUNTERSIGN_PROXIES": "1",
    "SECRET_KEY": SECRET,
    "EMAIL_URL": f"smtp://post:{SECRET}@mail.district.example:587?tls=1",
}


def check(data: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [
            sys.executable,
            "manage.py",
            "check",
            "--deploy",
            "--tag",
            "security",
            "--fail-level",
            "WARNING",
        ],
        cwd=HOUSE,
        env=bare | {"COUNTERSIGN_DATA": str(data)} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_when_all_is_given_and_its_checks_are_clean(tmp_path: Path) -> None:
    done = check(tmp_path, **GOOD)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"COUNTERSIGN_DEBUG": "1"}, "COUNTERSIGN_DEBUG is on in production"),
        ({"COUNTERSIGN_ALLOWED_HOSTS": ""}, "COUNTERSIGN_ALLOWED_HOSTS names no host"),
        ({"COUNTERSIGN_PROXIES": "0"}, "COUNTERSIGN_PROXIES is not set"),
        ({"EMAIL_URL": ""}, "EMAIL_URL is not set"),
        ({"DATABASE_URL": f"mysql://u:{SECRET}@db/x"}, "DATABASE_URL is not an address"),
        ({"DATABASE_URL": SECRET}, "DATABASE_URL is not an address"),
        ({"BROKER_URL": f"sqs://{SECRET}"}, "BROKER_URL is not an address"),
        ({"COUNTERSIGN_PRODUCTION": "perhaps"}, "COUNTERSIGN_PRODUCTION is neither yes nor no"),
        ({"S3_ACCESS_KEY_ID": "id"}, "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY are not both"),
    ],
)
def test_a_bad_value_stops_the_start_with_one_sentence_and_no_secret(
    tmp_path: Path, changed: dict[str, str], named: str
) -> None:
    done = check(tmp_path, **GOOD | changed)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Countersign cannot start: {named}")
    assert "; accepted: " in done.stderr
    assert done.stderr.count("\n") == 1
    assert SECRET not in done.stderr + done.stdout


def test_a_secret_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text(f"{SECRET}\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert env.secret_key(tmp_path, production=True) == SECRET
    monkeypatch.setenv("SECRET_KEY", SECRET)
    with pytest.raises(env.BadSetting, match="SECRET_KEY is set and so is SECRET_KEY_FILE"):
        env.text("SECRET_KEY")


def test_a_missing_secret_file_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY_FILE", "/nowhere/key")
    with pytest.raises(env.BadSetting, match="SECRET_KEY_FILE names a file that cannot be read"):
        env.text("SECRET_KEY")


def test_a_generated_secret_is_kept_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = env.secret_key(tmp_path, production=False)
    assert env.secret_key(tmp_path, production=False) == first
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_others_may_not_reach_a_workbench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_ALLOWED_HOSTS", "vetting.district.example")
    with pytest.raises(env.BadSetting, match="COUNTERSIGN_ALLOWED_HOSTS opens this to others"):
        env.allowed_hosts(production=False)


def test_mail_is_a_folder_until_a_server_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert env.mail(mailbox=tmp_path, required=False)["EMAIL_FILE_PATH"] == str(tmp_path)
    monkeypatch.setenv("EMAIL_URL", "smtps://post%40d.example:p%2Fw@mail.example")
    found = env.mail(mailbox=tmp_path, required=True)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example", 465)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("post@d.example", "p/w")
    assert (found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == (True, False)


def test_every_variable_is_in_the_documentation() -> None:
    code = (HOUSE / "vetting/settings.py").read_text() + (
        HOUSE / "vetting/environment.py"
    ).read_text()
    read = set(
        re.findall(r'(?:text|flag|number|names|folder|web_address)\(\s*"([A-Z0-9_]+)"', code)
    )
    written = set(re.findall(r"`([A-Z0-9_]+)`", (HOUSE / "docs/settings.md").read_text()))
    assert len(read) > 15
    assert read - written == set()
