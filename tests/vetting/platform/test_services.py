"""Our own servers really serve, so that no test of the product passes for want of one."""

import smtplib
import socket
from email.message import EmailMessage

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.services.mail import PostOffice
from tests.services.process import Server


def client(server: Server, secret: str) -> "boto3.client":
    return boto3.client(
        "s3",
        endpoint_url=server.url,
        aws_access_key_id=server.extra["access_key"],
        aws_secret_access_key=secret,
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}),
    )


def test_s3_keeps_what_it_is_given_once_and_refuses_a_wrong_secret(s3_server: Server) -> None:
    s3 = client(s3_server, s3_server.extra["secret_key"])
    s3.create_bucket(Bucket="papers")
    s3.put_object(Bucket="papers", Key="a", Body=b"one", IfNoneMatch="*")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket="papers", Key="a", Body=b"two", IfNoneMatch="*")
    assert s3.get_object(Bucket="papers", Key="a")["Body"].read() == b"one"
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        client(s3_server, "wrong").get_object(Bucket="papers", Key="a")


def test_valkey_answers(valkey_server: Server) -> None:
    port = int(valkey_server.url.rpartition(":")[2].partition("/")[0])
    with socket.create_connection(("127.0.0.1", port), timeout=2) as peer:
        peer.sendall(b"PING\r\n")
        assert peer.recv(16) == b"+PONG\r\n"


def test_the_post_office_keeps_letters_and_can_refuse_them(post_office: PostOffice) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@a.example", "b@b.example", "Hello"
    with smtplib.SMTP(post_office.host, post_office.port) as server:
        server.send_message(letter)
        assert [kept["Subject"] for kept in post_office.received] == ["Hello"]
        post_office.refusal = "451 come back later"
        with pytest.raises(smtplib.SMTPDataError):
            server.send_message(letter)
